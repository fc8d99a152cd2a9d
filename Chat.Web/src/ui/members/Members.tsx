import '../../i18n/shellLater';
import '../../styles/members.css';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import type { PresenceState, Room, UserRef } from '../../wire/contract';
import { Avatar } from '../Avatar';
import { copyLink } from '../copyText';
import { ask } from '../dialogs/request';
import { writeTo } from '../dialogs/writeTo';
import { Icon } from '../icons';
import { membersOver, membersShown, onePane } from '../layout';
import { Menu } from '../menu/Menu';
import { blockPerson, unblockPerson } from '../rooms/blocking';
import { room as toRoom } from '../route';
import { MoreMembers } from './MoreMembers';
import { byPresence } from './order';
import { PresenceDot } from './PresenceDot';

/** The right pane; on small screens it lies over the conversation. */
export function Members({ chat, roomId }: { chat: Chat; roomId: string }) {
  const entry = useMemo(() => chat.room(roomId), [chat, roomId]).value;
  const pane = useRef<HTMLElement>(null);
  const over = membersOver.value;
  const close = () => {
    membersShown().value = false;
    if (!over) focusMembersButton();
  };
  useLayoutEffect(() => {
    const shown = membersShown();
    const modal = pane.current;
    if (!over || !modal || !shown.peek()) return;
    // By keys and for readers too: what it lies over can't be reached. It goes with the room and the layout that it is of.
    const behind = [...(modal.parentElement?.children ?? [])].filter(
      (element): element is HTMLElement => element instanceof HTMLElement && !element.matches('.members, .shade'),
    );
    for (const element of behind) element.inert = true;
    modal.querySelector('button')?.focus();
    return () => {
      for (const element of behind) element.inert = false;
      const focused = document.activeElement;
      if (focused === document.body || modal.contains(focused)) focusMembersButton(); // the shade takes it by a click
      shown.value = false;
    };
  }, [over, onePane.value, roomId]);
  if (!entry) return null;
  const { room } = entry;
  const presence = chat.presence.value;
  return (
    <>
      {over && <div class="shade" aria-hidden="true" onClick={close} />}
      <aside
        ref={pane}
        class={over ? 'members on-top' : 'members'}
        aria-label={t('members.label')}
        onKeyDown={(e) => {
          if (e.key !== 'Escape' || !over) return;
          e.stopPropagation();
          close();
        }}
      >
        <div class="bar">
          <h2>{t('members.label')}</h2>
          <button type="button" class="tool" aria-label={t('members.close')} onClick={close}>
            <Icon of="close" />
          </button>
        </div>
        {room.kind !== 'direct' && (
          <div class="buttons">
            <button type="button" onClick={() => ask({ kind: 'invite', roomId })}>
              {t('invite.title')}
            </button>
            <button type="button" onClick={() => copyLink(toRoom(roomId))}>
              {t('room.copy_link')}
            </button>
          </div>
        )}
        <ul class="list">
          {byPresence(room.members, presence).map((user) => (
            <Member key={user.id} chat={chat} room={room} user={user} state={presence.get(user.id)} />
          ))}
        </ul>
        {(room.memberCount ?? 0) > room.members.length && (
          <MoreMembers
            key={roomId}
            load={(before) => chat.members(roomId, undefined, before)}
            listed={room.members}
            show={(user) => <Member key={user.id} chat={chat} room={room} user={user} state={presence.get(user.id)} />}
          />
        )}
      </aside>
    </>
  );
}

const focusMembersButton = () => document.getElementById('members-button')?.focus();

function Member(props: { chat: Chat; room: Room; user: UserRef; state: PresenceState | undefined }) {
  const { chat, room, user } = props;
  const isMe = user.id === chat.me.value.id;
  const state = isMe ? 'online' : (props.state ?? 'offline');
  return (
    <li class="member">
      <span class="face">
        <Avatar user={user} size={32} />
        <PresenceDot state={state} />
      </span>
      <span class="what">
        <bdi class="one-line">{user.name}</bdi>
        <span class="hint" aria-hidden="true">
          {isMe ? t('members.you') : t(`presence.${state}`)}
          {user.kind === 'guest' && ` · ${t('people.guest')}`}
        </span>
      </span>
      {!isMe && (
        <Menu
          label={t('members.menu', { name: user.name })}
          class="tool"
          button={<Icon of="more" />}
          items={[
            ...(chat.blocked.value.has(user.id)
              ? [{ label: t('unblock.action'), run: () => unblockPerson(chat, user) }]
              : [
                  { label: t('members.write', { name: user.name }), run: () => writeTo(chat, user.name) },
                  { label: t('block.action'), danger: true, run: () => blockPerson(chat, user) },
                ]),
            ...(room.kind === 'direct'
              ? []
              : [
                  {
                    label: t('remove.title'),
                    danger: true,
                    run: () => ask({ kind: 'remove', roomId: room.id, user }),
                  },
                ]),
          ]}
        />
      )}
    </li>
  );
}
