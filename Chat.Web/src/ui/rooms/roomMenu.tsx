import '../../i18n/shellLater';
import type { Chat, RoomEntry } from '../../chat/model';
import { t } from '../../i18n';
import type { Room } from '../../wire/contract';
import { copyLink } from '../copyText';
import { ask } from '../dialogs/request';
import { type MenuItem, MenuItems } from '../menu/MenuItems';
import { levels, preferences, setForRoom } from '../notify/preferences';
import { room as toRoom } from '../route';
import { blockPerson } from './blocking';
import { otherOf } from './people';

/** The actions in a room's menu. */
export function RoomMenu({ chat, entry, close }: { chat: Chat; entry: RoomEntry; close: () => void }) {
  return <MenuItems items={roomMenu(chat, entry)} close={close} />;
}

/** What can be done with a room. */
export function roomMenu(chat: Chat, { room }: RoomEntry): MenuItem[] {
  const roomId = room.id;
  const own = preferences.value.rooms[roomId];
  const about: MenuItem[] =
    room.kind === 'direct'
      ? []
      : [
          { label: t('invite.title'), run: () => ask({ kind: 'invite', roomId }) },
          { label: t('room.copy_link'), run: () => copyLink(toRoom(roomId)) },
          { label: t('edit.title'), run: () => ask({ kind: 'edit', roomId }) },
        ];
  return [
    { label: t('room.mark_read'), run: () => chat.markRead(roomId, room.head) },
    ...about,
    ...[undefined, ...levels].map((level) => ({
      label: t(`notify.${level ?? 'as_settings'}`),
      group: t('notify.title'),
      checked: own?.level === level,
      run: () => setForRoom(roomId, { level }),
    })),
    ...([undefined, true, false] as const).map((sound) => ({
      label: t(sound === undefined ? 'notify.as_settings' : sound ? 'notify.sound_on' : 'notify.sound_off'),
      group: t('notify.sound'),
      checked: own?.sound === sound,
      run: () => setForRoom(roomId, { sound }),
    })),
    ...(room.kind === 'direct'
      ? blocking(chat, room)
      : [{ label: t('leave.title'), danger: true, run: () => ask({ kind: 'leave', roomId }) }]),
  ];
}

function blocking(chat: Chat, room: Room): MenuItem[] {
  const other = otherOf(room, chat.me.peek().id);
  return other ? [{ label: t('block.action'), danger: true, run: () => blockPerson(chat, other) }] : [];
}
