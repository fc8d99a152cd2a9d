import { type Key, t } from '../i18n';
import { Refusal } from '../wire/refusal';

const known: Readonly<Record<string, Key>> = {
  unauthenticated: 'refusal.unauthenticated',
  forbidden: 'refusal.forbidden',
  not_found: 'refusal.not_found',
  too_large: 'refusal.too_large',
  rate_limited: 'refusal.rate_limited',
  name_taken: 'refusal.name_taken',
  unavailable: 'refusal.unavailable',
};

/** Why a call did not work, for a person. */
export function refusalText(error: unknown): string {
  if (!(error instanceof Refusal)) return t(error instanceof TypeError ? 'refusal.unreachable' : 'refusal.unexpected');
  const key = known[error.code];
  return key ? t(key) : t('refusal.invalid', { detail: error.message });
}
