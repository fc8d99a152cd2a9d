import type { NotifyLevel } from '../../chat/model';
import { kept } from '../kept';
import type { Preferences } from './decide';

export const levels: readonly NotifyLevel[] = ['all', 'mentions', 'none'];

/** Kept in this browser. Desktop notifications and sound are off until somebody wants them. */
export const preferences = kept<Preferences>('chat:notify', { desktop: false, level: 'all', sound: false, rooms: {} });

export const levelOf = (roomId: string): NotifyLevel =>
  preferences.value.rooms[roomId]?.level ?? preferences.value.level;

export const soundOf = (roomId: string): boolean => preferences.value.rooms[roomId]?.sound ?? preferences.value.sound;

export const change = (some: Partial<Preferences>): void => {
  preferences.value = { ...preferences.peek(), ...some };
};

export function setForRoom(roomId: string, some: { level?: NotifyLevel; sound?: boolean }): void {
  const { rooms } = preferences.peek();
  change({ rooms: { ...rooms, [roomId]: { ...rooms[roomId], ...some } } });
}
