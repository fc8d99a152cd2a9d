import type { Store } from '../store/store';
import type { RoomState } from './rooms';
import { isOthersMessage } from './rooms';

const pageSize = 500;
const mostPages = 4;

/**
 * Counts the messages of others after the read marker in what is stored; null if that is not all there or has changed meanwhile.
 * `state`: the room as it is now.
 */
export async function countUnread(
  store: Pick<Store, 'page'>,
  me: string,
  state: () => RoomState | undefined,
): Promise<number | null> {
  const room = state()?.room;
  if (!room) return null;
  let count = 0;
  let after = room.readUpTo;
  for (let page = 0; after < (state()?.room.head ?? 0); page++) {
    const events = page < mostPages ? await store.page(room.id, { after, limit: pageSize }) : [];
    const last = events.at(-1);
    if (!last) return null;
    count += events.filter((e) => isOthersMessage(e, me)).length;
    after = last.seq;
  }
  return state()?.room.readUpTo === room.readUpTo ? count : null;
}
