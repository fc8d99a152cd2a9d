import type { Chat, RoomEntry } from '../../chat/model';
import { listedMembers } from '../../chat/rooms';
import { t } from '../../i18n';
import { ConnectionButton } from '../connection/ConnectionButton';
import { Icon } from '../icons';
import { later } from '../later';
import { membersShown, onePane } from '../layout';
import { PresenceDot } from '../members/PresenceDot';
import { Popover } from '../menu/Popover';
import { back } from '../route';
import { otherOf } from './people';
import { RoomFace } from './RoomLink';

const RoomMenu = later(async () => (await import('./roomMenu')).RoomMenu);

export function RoomHeader({ chat, entry }: { chat: Chat; entry: RoomEntry }) {
  const { room } = entry;
  const other = otherOf(room, chat.me.value.id);
  const members = membersShown();
  // An older server sends no member count, and lists at most 200 members of a public room.
  const count = room.memberCount ?? room.members.length;
  const many = room.memberCount === undefined && room.kind === 'public' && count >= listedMembers;
  return (
    <header class="room-header">
      {onePane.value && (
        <button type="button" class="tool" aria-label={t('rooms.back')} onClick={back}>
          <Icon of="back" />
        </button>
      )}
      <RoomFace room={room} other={other}>
        {other && <PresenceDot state={chat.presence.value.get(other.id)} />}
      </RoomFace>
      <div class="titles">
        <h1 class="one-line">
          <bdi>{room.name}</bdi>
        </h1>
        {room.topic && (
          <p class="one-line topic" title={room.topic}>
            <bdi>{room.topic}</bdi>
          </p>
        )}
      </div>
      {onePane.value && <ConnectionButton chat={chat} brief />}
      <button
        type="button"
        class="tool wide"
        id="members-button"
        aria-expanded={members.value}
        aria-label={t('members.toggle', { n: count })}
        title={t('members.label')}
        onClick={() => {
          members.value = !members.value;
        }}
      >
        <Icon of="people" />
        <span aria-hidden="true">{many ? `${listedMembers}+` : count}</span>
      </button>
      <Popover label={t('room.menu')} class="tool" button={<Icon of="more" />} role="menu">
        {(close) => <RoomMenu chat={chat} entry={entry} close={close} />}
      </Popover>
    </header>
  );
}
