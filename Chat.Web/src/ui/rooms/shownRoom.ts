import type { Chat } from '../../chat/model';
import { kept } from '../kept';
import { onePane } from '../layout';
import { route } from '../route';
import { until } from '../until';

const last = kept<string | null>('chat:last-room', null);

/** The room on screen: that of the address; else, where there is space beside the list, the one that was open last. */
export function shownRoom(chat: Chat): string | null {
  const { roomId } = route.value;
  if (roomId !== null || onePane.value) return roomId;
  return chat.rooms.value.some((entry) => entry.room.id === last.value) ? last.value : null;
}

export const rememberRoom = (roomId: string | null): void => {
  last.value = roomId;
};

/** Who comes to a new browser finds the newest of their rooms open. Only once: a room that one is invited to does not open itself. */
export async function openNewest(chat: Chat): Promise<void> {
  await until(chat.synced);
  last.value ??= chat.rooms.peek()[0]?.room.id ?? null;
}
