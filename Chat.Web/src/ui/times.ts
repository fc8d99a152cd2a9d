/** Times as a person reads them. All take milliseconds since 1970, and read the language: components follow it. */
import { computed } from '@preact/signals';
import { locale } from '../i18n';

const form = (options: Intl.DateTimeFormatOptions) => {
  const format = computed(() => new Intl.DateTimeFormat(locale.value, options));
  return (at: number): string => format.value.format(at);
};

/** Hour and minute. */
export const clockTime = form({ hour: 'numeric', minute: '2-digit' });
/** With seconds. */
export const exactTime = form({ timeStyle: 'medium' });
/** Weekday, date and time. */
export const fullTime = form({ dateStyle: 'full', timeStyle: 'medium' });
const weekday = form({ weekday: 'short' });
const monthDay = form({ month: 'short', day: 'numeric' });
const shortDate = form({ dateStyle: 'short' });
const longDay = form({ weekday: 'long', day: 'numeric', month: 'long' });
const longDate = form({ dateStyle: 'long' });
const relative = computed(() => new Intl.RelativeTimeFormat(locale.value, { numeric: 'auto' }));

/** As short as it can be: the time today, the weekday within a week, else the date. */
export function shortTime(at: number): string {
  const days = daysAgo(at);
  if (days <= 0) return clockTime(at);
  if (days < 7) return weekday(at);
  return thisYear(at) ? monthDay(at) : shortDate(at);
}

/** “Today”, “Yesterday”, else the date; with the year if it is another one. */
export function dayName(at: number): string {
  const days = daysAgo(at);
  if (days === 0 || days === 1) return capital(relative.value.format(-days, 'day'));
  return thisYear(at) ? longDay(at) : longDate(at);
}

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);
/** Rounded: days have 23 to 25 hours. */
const daysAgo = (at: number): number => Math.round((midnight(Date.now()) - midnight(at)) / 86_400_000);
const thisYear = (at: number): boolean => new Date(at).getFullYear() === new Date().getFullYear();
const capital = (text: string): string => text.charAt(0).toLocaleUpperCase(locale.value) + text.slice(1);
