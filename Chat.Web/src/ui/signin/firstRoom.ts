import type { Chat } from '../../chat/model';
import type { Room } from '../../wire/contract';

const lobby = 'Lobby';

/**
 * Where somebody new lands: the public room "Lobby", made if there is no public room at all. Anybody may make another
 * room of that name, so it is the one with most members. Null: there are others to choose from.
 */
export async function firstRoom(chat: Pick<Chat, 'publicRooms' | 'join' | 'createRoom'>): Promise<Room | null> {
  const named = (await chat.publicRooms(lobby)).filter((room) => room.name === lobby);
  const [largest] = named.sort((one, other) => (other.memberCount ?? 0) - (one.memberCount ?? 0));
  if (largest) return chat.join(largest.id);
  if ((await chat.publicRooms()).length > 0) return null;
  return chat.createRoom({ name: lobby, kind: 'public' });
}
