import type { Room, UserRef } from '../../wire/contract';

/** The person at the other end of a direct room. */
export const otherOf = (room: Pick<Room, 'kind' | 'members'>, myId: string): UserRef | null =>
  room.kind === 'direct' ? (room.members.find((member) => member.id !== myId) ?? null) : null;
