import { foldName } from '../../text/mentions';
import type { UserRef } from '../../wire/contract';

/** A word that is being typed and could be completed. */
export interface Completing {
  readonly kind: '@' | ':';
  /** Where it begins, with its sign; UTF-16 units. */
  readonly start: number;
  readonly query: string;
}

/** What stands before the caret, if it can be completed. `:` needs two letters, so that a smile stays a smile. */
export function completing(text: string, caret: number): Completing | null {
  const before = text.slice(Math.max(0, caret - 70), caret);
  const match = /(?:^|[^A-Za-z0-9._\-/@:+])([@:])([\p{L}\p{N}\p{M}._+-]*)$/u.exec(before);
  const [, sign, query = ''] = match ?? [];
  if (sign !== '@' && sign !== ':') return null;
  if (sign === ':' && query.length < 2) return null;
  return { kind: sign, start: caret - query.length - 1, query };
}

/** The people whose names begin with the query, then those that contain it; at most `limit`. */
export function matchingPeople(people: readonly UserRef[], query: string, limit: number): readonly UserRef[] {
  const wanted = foldName(query);
  const at = (user: UserRef) => foldName(user.name).indexOf(wanted);
  return people
    .filter((user) => at(user) >= 0)
    .sort((a, b) => Math.min(at(a), 1) - Math.min(at(b), 1) || a.name.localeCompare(b.name))
    .slice(0, limit);
}
