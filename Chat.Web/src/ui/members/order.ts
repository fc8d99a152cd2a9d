import type { PresenceState, UserRef } from '../../wire/contract';

const rank: Readonly<Record<PresenceState, number>> = { online: 0, away: 1, offline: 2 };

/** Who is there first; then by name. */
export function byPresence(
  members: readonly UserRef[],
  presence: ReadonlyMap<string, PresenceState>,
): readonly UserRef[] {
  const of = (user: UserRef) => rank[presence.get(user.id) ?? 'offline'];
  return [...members].sort((a, b) => of(a) - of(b) || a.name.localeCompare(b.name));
}
