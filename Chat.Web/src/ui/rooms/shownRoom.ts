import type { Chat } from '../../chat/model';
import { kept } from '../kept';
import { onePane } from '../layout';
import { route } from '../route';

const last = kept<string | null>('chat:last-room', null);

/** The room on screen: that of the address; else, where there is space beside the list, the one that was open last, or has the newest event. */
export function shownRoom(chat: Chat): string | null {
  const { roomId } = route.value;
  if (roomId !== null || onePane.value) return roomId;
  const rooms = chat.rooms.value;
  return rooms.some((entry) => entry.room.id === last.value) ? last.value : (rooms[0]?.room.id ?? null);
}

export const rememberRoom = (roomId: string | null): void => {
  last.value = roomId;
};
