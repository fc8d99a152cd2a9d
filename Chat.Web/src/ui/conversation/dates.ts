import { computed } from '@preact/signals';
import { locale } from '../../i18n';

const clock = computed(() => new Intl.DateTimeFormat(locale.value, { hour: 'numeric', minute: '2-digit' }));
const full = computed(() => new Intl.DateTimeFormat(locale.value, { dateStyle: 'full', timeStyle: 'medium' }));
const thisYear = computed(
  () => new Intl.DateTimeFormat(locale.value, { weekday: 'long', day: 'numeric', month: 'long' }),
);
const otherYear = computed(() => new Intl.DateTimeFormat(locale.value, { dateStyle: 'long' }));
const relative = computed(() => new Intl.RelativeTimeFormat(locale.value, { numeric: 'auto' }));

/** All take milliseconds since 1970, and read the language: components follow it. */
export const clockTime = (at: number): string => clock.value.format(at);
export const fullTime = (at: number): string => full.value.format(at);

/** “Today”, “Yesterday”, else the date; with the year if it is another one. */
export function dayName(at: number): string {
  const date = new Date(at);
  const now = new Date();
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0 || days === 1) return capital(relative.value.format(-days, 'day'));
  return (date.getFullYear() === now.getFullYear() ? thisYear : otherYear).value.format(date);
}

const midnight = (date: Date): number => new Date(date).setHours(0, 0, 0, 0);
const capital = (text: string): string => text.charAt(0).toLocaleUpperCase(locale.value) + text.slice(1);
