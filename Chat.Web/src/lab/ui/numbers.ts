import { locale, t } from '../../i18n';

const format = (n: number, digits: number): string =>
  n.toLocaleString(locale.value, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A number with about two digits that mean something; `–` where there is none. */
const known = (n: number | null, say: (n: number) => string): string => (n === null ? t('lab.unknown') : say(n));

export const milliseconds = (n: number | null): string =>
  known(n, (ms) => t('lab.ms', { n: format(ms, ms < 10 && !Number.isInteger(ms) ? 1 : 0) }));

export const bytes = (n: number | null): string =>
  known(n, (b) =>
    b < 10_000 ? t('lab.bytes', { n: format(b, 0) }) : t('lab.kilobytes', { n: format(b / 1000, b < 100_000 ? 1 : 0) }),
  );

/** Such as `1.5`, `12`; a whole number where it is one. */
export const count = (n: number): string => format(n, n < 10 && Math.abs(n - Math.round(n)) > 0.05 ? 1 : 0);

export const countOrNone = (n: number | null): string => known(n, count);

export const requests = (n: number | null): string => known(n, (r) => t('lab.requests', { n: count(r) }));
