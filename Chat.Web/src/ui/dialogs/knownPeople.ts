import type { Chat } from '../../chat/model';
import type { UserRef } from '../../wire/contract';

/** Everybody I share a room with, by name. */
export function knownPeople(chat: Chat): readonly UserRef[] {
  const people = new Map<string, UserRef>();
  for (const { room } of chat.rooms.value) for (const member of room.members) people.set(member.id, member);
  people.delete(chat.me.value.id);
  return [...people.values()].sort((a, b) => a.name.localeCompare(b.name));
}
