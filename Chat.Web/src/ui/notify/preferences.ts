import type { NotifyLevel } from '../../chat/model';
import { kept } from '../kept';
import type { OwnChoice, Preferences } from './decide';

export const levels: readonly NotifyLevel[] = ['all', 'mentions', 'none'];

/** Kept in this browser. Desktop notifications and sound are off until somebody wants them. */
export const preferences = kept<Preferences>('chat:notify', { desktop: false, level: 'all', sound: false, rooms: {} });

export const levelOf = (roomId: string): NotifyLevel =>
  preferences.value.rooms[roomId]?.level ?? preferences.value.level;

export const change = (some: Partial<Preferences>): void => {
  preferences.value = { ...preferences.peek(), ...some };
};

/** A room's own choice; undefined gives it back to the general one. */
export function setForRoom(roomId: string, some: OwnChoice): void {
  const { rooms } = preferences.peek();
  change({ rooms: { ...rooms, [roomId]: { ...rooms[roomId], ...some } } });
}
