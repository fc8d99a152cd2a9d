import { useMemo } from 'preact/hooks';
import type { Chat, RoomEntry } from '../../chat/model';
import { t } from '../../i18n';
import { plain } from '../../text/plain';
import type { Room, UserRef } from '../../wire/contract';
import { Avatar } from '../Avatar';
import { Icon } from '../icons';
import { PresenceDot } from '../members/PresenceDot';
import { oneLine } from '../names';
import { levelOf } from '../notify/preferences';
import { pathOf, room as toRoom } from '../route';
import { shortTime } from '../times';
import { otherOf } from './people';

export function RoomLink({ chat, entry, isCurrent }: { chat: Chat; entry: RoomEntry; isCurrent: boolean }) {
  const { room, unread } = entry;
  const other = otherOf(room, chat.me.value.id);
  const muted = levelOf(room.id) === 'none';
  return (
    <li>
      <a
        class={unread > 0 && !muted ? 'room unread' : 'room'}
        href={pathOf(toRoom(room.id))}
        aria-current={isCurrent ? 'page' : undefined}
      >
        <RoomFace room={room} other={other}>
          {other && <PresenceDot state={chat.presence.value.get(other.id)} />}
        </RoomFace>
        <span class="what">
          <span class="pair">
            <bdi class="one-line">{room.name}</bdi>
            {muted && <Mark icon="muted" label={t('rooms.muted')} />}
            {entry.lastLine && <time class="when">{shortTime(entry.lastLine.at)}</time>}
          </span>
          <span class="pair">
            <LastLine chat={chat} entry={entry} />
            {entry.outbox > 0 && <Mark icon="clock" label={t('rooms.waiting', { n: entry.outbox })} />}
            {unread > 0 && (
              <span class={entry.mentioned ? 'badge for-me' : 'badge'}>
                <span aria-hidden="true">{unread > 999 ? '999+' : unread}</span>
                <span class="visually-hidden">
                  {t(entry.mentioned && !other ? 'rooms.unread_mention' : 'rooms.unread', { n: unread })}
                </span>
              </span>
            )}
          </span>
        </span>
      </a>
    </li>
  );
}

function LastLine({ chat, entry }: { chat: Chat; entry: RoomEntry }) {
  const line = entry.lastLine;
  const text = useMemo(() => (line?.body ? plain(line.body) : null), [line?.body]);
  if (entry.hasDraft) {
    return (
      <span class="last">
        <em class="draft">{t('rooms.draft')}</em> <bdi>{oneLine(chat.draft(entry.room.id).value)}</bdi>
      </span>
    );
  }
  if (!line) return <span class="last">{entry.room.topic && <bdi>{entry.room.topic}</bdi>}</span>;
  const isMine = line.sender.id === chat.me.value.id;
  const body = text === null ? <em>{t('rooms.deleted')}</em> : <bdi>{text.replace(/^\/me /, '')}</bdi>;
  return (
    <span class="last">
      {(isMine || entry.room.kind !== 'direct') && (
        <>
          <bdi>{isMine ? t('rooms.you') : line.sender.name}</bdi>
          {text?.startsWith('/me ') ? ' ' : ': '}
        </>
      )}
      {body}
    </span>
  );
}

function Mark({ icon, label }: { icon: 'muted' | 'clock'; label: string }) {
  return (
    <span class="state" title={label}>
      <Icon of={icon} />
      <span class="visually-hidden">{label}</span>
    </span>
  );
}

/** The other person's picture, or a sign for the kind of room. */
export function RoomFace({
  room,
  other,
  children,
}: {
  room: Pick<Room, 'kind'>;
  other: UserRef | null;
  children?: preact.ComponentChildren;
}) {
  return (
    <span class="face">
      {other ? (
        <Avatar user={other} size={36} />
      ) : (
        <span class="kind">
          <Icon of={room.kind === 'private' ? 'lock' : 'hash'} />
          <span class="visually-hidden">{t(room.kind === 'private' ? 'rooms.private' : 'rooms.public')}</span>
        </span>
      )}
      {children}
    </span>
  );
}
