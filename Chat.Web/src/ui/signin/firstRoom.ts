import type { Chat } from '../../chat/model';
import type { Room } from '../../wire/contract';

const lobby = 'Lobby';

/** Where somebody new lands: the public room "Lobby", made if there is no public room at all; null: there are others to choose from. */
export async function firstRoom(chat: Pick<Chat, 'publicRooms' | 'join' | 'createRoom'>): Promise<Room | null> {
  const named = (await chat.publicRooms(lobby)).find((room) => room.name === lobby);
  if (named) return chat.join(named.id);
  if ((await chat.publicRooms()).length > 0) return null;
  return chat.createRoom({ name: lobby, kind: 'public' });
}
