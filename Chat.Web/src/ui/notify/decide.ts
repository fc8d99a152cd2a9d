import type { NotifyLevel, RoomEntry } from '../../chat/model';
import type { Room } from '../../wire/contract';

export interface Preferences {
  /** Whether desktop notifications are wanted at all. */
  readonly desktop: boolean;
  readonly level: NotifyLevel;
  readonly sound: boolean;
  /** By room id. */
  readonly rooms: Readonly<Record<string, OwnChoice>>;
}

/** A room's own choice; what is missing follows the general one. */
export interface OwnChoice {
  readonly level?: NotifyLevel | undefined;
  readonly sound?: boolean | undefined;
}

/** What to do about a message of somebody else. `watching`: its room is on screen and has the focus. */
export function decide(
  preferences: Preferences,
  arrival: { readonly room: Pick<Room, 'id' | 'kind'>; readonly mentioned: boolean },
  watching: boolean,
): { readonly show: boolean; readonly sound: boolean } {
  const own = preferences.rooms[arrival.room.id];
  const level = own?.level ?? preferences.level;
  const forMe = arrival.mentioned || arrival.room.kind === 'direct';
  const wanted = !watching && (level === 'all' || (level === 'mentions' && forMe));
  return { show: wanted && preferences.desktop, sound: wanted && (own?.sound ?? preferences.sound) };
}

/** Whether any room is to be heard. */
export const isAudible = ({ sound, rooms }: Preferences): boolean =>
  sound || Object.values(rooms).some((own) => own.sound);

/** How many unread messages the title and the icon tell of: those that would have notified. */
export const countUnread = (preferences: Preferences, rooms: readonly RoomEntry[]): number =>
  rooms.reduce((sum, { room, unread, mentioned }) => {
    const wanted = decide({ ...preferences, desktop: true }, { room, mentioned }, false).show;
    return wanted ? sum + unread : sum;
  }, 0);

export function titleOf(unread: number, app: string, room: string | null): string {
  return `${unread > 0 ? `(${unread}) ` : ''}${app}${room ? ` – ${room}` : ''}`;
}
