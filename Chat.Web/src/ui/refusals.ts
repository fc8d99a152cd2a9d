import { type Key, t } from '../i18n';
import type { WireError } from '../wire/contract';
import { type ErrorCode, Refusal } from '../wire/refusal';

/** Those that say all that matters; the others need what the server says. */
const known: readonly string[] = [
  'unauthenticated',
  'forbidden',
  'not_found',
  'too_large',
  'rate_limited',
  'key_reused',
  'name_taken',
  'second_factor',
  'closed',
  'unavailable',
] satisfies ErrorCode[];

/** Why the server refused something, as a sentence. */
export const refused = ({ code, message }: WireError): string => {
  if (code === 'quota_exceeded') return t('refusal.quota_exceeded', { detail: message });
  return known.includes(code) ? t(`refusal.${code}` as Key) : t('refusal.invalid', { detail: message || code });
};

/** Why a call did not work, for a person. */
export function refusalText(error: unknown): string {
  if (error instanceof Refusal) return refused(error);
  return t(error instanceof TypeError ? 'refusal.unreachable' : 'refusal.unexpected');
}
