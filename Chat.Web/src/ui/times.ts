import { locale } from '../i18n';

const day = 86_400_000;

/** As short as it can be: the time today, the weekday within a week, else the date. In milliseconds since 1970. */
export function shortTime(at: number, now = Date.now()): string {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const form: Intl.DateTimeFormatOptions =
    at >= midnight
      ? { timeStyle: 'short' }
      : at >= midnight - 6 * day
        ? { weekday: 'short' }
        : new Date(at).getFullYear() === new Date(now).getFullYear()
          ? { month: 'short', day: 'numeric' }
          : { dateStyle: 'short' };
  return new Intl.DateTimeFormat(locale.value, form).format(at);
}

export const clockTime = (at: number): string =>
  new Intl.DateTimeFormat(locale.value, { timeStyle: 'medium' }).format(at);
