import '../../styles/conversation.css';
import { batch } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Chat, Item, RoomEntry } from '../../chat/model';
import { t } from '../../i18n';
import type { UserRef } from '../../wire/contract';
import { ask } from '../dialogs/request';
import { room } from '../route';
import { attempt, failed } from '../toasts/toasts';
import type { Actions } from './actions';
import { Composer, type ComposerHandle } from './Composer';
import { begin, modeOf } from './modes';
import { type Pick, Picking } from './Picking';
import { type Place, TimelineView } from './TimelineView';
import { TypingLine } from './TypingLine';
import { useReading } from './useReading';

interface Props {
  readonly chat: Chat;
  readonly roomId: string;
  /** The message to show and to mark; null: the first unread one, else the newest. */
  readonly seq: number | null;
}

/** The middle of the page: the timeline of a room, who is typing, and the field to write in. */
export function Conversation({ chat, roomId, seq }: Props): VNode | null {
  const entry = chat.room(roomId).value;
  return entry && <RoomConversation key={roomId} chat={chat} entry={entry} seq={seq} />;
}

function RoomConversation({ chat, entry, seq }: { chat: Chat; entry: RoomEntry; seq: number | null }): VNode {
  const roomId = entry.room.id;
  const me = chat.me.value;
  const timeline = useMemo(() => chat.timeline(roomId), [chat, roomId]);
  const place = useRef<Place | null>(null);
  const composer = useRef<ComposerHandle | null>(null);
  const mode = useMemo(() => modeOf(chat, roomId), [chat, roomId]);
  const [picking, setPicking] = useState<Pick | null>(null);
  const reading = useReading(chat, entry, timeline);
  const items = timeline.items.value;
  const people = useMemo(() => peopleIn(entry.room.members, items, me.id), [entry.room.members, items, me.id]);

  useEffect(() => {
    // Words that are not needed at once, but soon. The service worker has it for when there is no network.
    import('../../i18n/conversationLater').catch(() => undefined);
  }, []);
  const act = useMemo((): Actions => {
    return {
      reply: (message) => {
        mode.value = begin('reply', message, mode.peek());
      },
      edit: (message) => {
        mode.value = begin('edit', message, mode.peek());
      },
      remove: (message) => ask({ kind: 'delete', roomId, message }),
      pickReaction: (message) => setPicking({ kind: 'react', message }),
      toggleReaction: (message, emoji) => {
        const mine = message.reactions.some((r) => r.body === emoji && r.users.some((u) => u.id === chat.me.peek().id));
        void attempt(chat.react(roomId, message.seq, mine ? '' : emoji));
      },
      copyLink: (message) =>
        void attempt(import('../copyText').then(({ copyLink }) => copyLink(room(roomId, message.seq)))),
      jump: async (to) => {
        if (!(await place.current?.goTo(to))) failed(t('timeline.gone'));
      },
      retry: (clientId) => void attempt(chat.retry(clientId)),
      discard: (clientId) => void attempt(chat.discard(clientId)),
    };
  }, [chat, roomId, mode]);

  useEffect(() => {
    if (seq === null && matchMedia('(pointer: fine)').matches && !document.querySelector('dialog[open]'))
      composer.current?.focus();
  }, [seq]);

  const editLast = () => {
    const last = items.findLast(
      (i) => i.kind === 'message' && i.message.sender.id === me.id && i.message.body !== null,
    );
    if (last?.kind === 'message') act.edit(last.message);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key !== 'Escape' || e.defaultPrevented || e.isComposing) return;
    e.preventDefault();
    batch(() => {
      chat.markRead(roomId, Math.max(entry.room.head, reading.newest));
      place.current?.toLatest();
    });
  };
  const refuseFiles = (e: DragEvent) => {
    if (!e.dataTransfer?.types.includes('Files')) return;
    e.preventDefault(); // the browser would leave the page to show the file
    if (e.type === 'drop') failed(t('composer.noFiles'));
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys and dropped files that nothing inside wanted
    <div class="conversation" onKeyDown={onKeyDown} onDragOver={refuseFiles} onDrop={refuseFiles}>
      {reading.unreadAbove > 0 && (
        <button type="button" class="unread-above" onClick={() => void reading.goToUnread(place.current)}>
          {t('timeline.firstUnread', { n: reading.unreadAbove })}
        </button>
      )}
      <TimelineView
        timeline={timeline}
        me={me}
        act={act}
        view={reading.view}
        unread={entry.unread}
        blocked={chat.blocked.value}
        openAt={seq}
        place={place}
        onEnd={reading.onEnd}
        onFocusLost={() => composer.current?.focus()}
        onGone={() => failed(t('timeline.gone'))}
      />
      <TypingLine typing={chat.typing(roomId)} />
      {picking && (
        <Picking
          pick={picking}
          onClose={() => setPicking(null)}
          onPick={(emoji) => {
            if (picking.kind === 'react') void attempt(chat.react(roomId, picking.message.seq, emoji));
            else composer.current?.insert(emoji);
          }}
        />
      )}
      <Composer
        chat={chat}
        roomId={roomId}
        roomName={entry.room.name}
        people={people}
        mode={mode.value}
        setMode={(next) => {
          mode.value = next;
        }}
        handle={composer}
        onSent={() => place.current?.toLatest()}
        onEditLast={editLast}
        onRemove={act.remove}
        onEmoji={() => setPicking((now) => (now?.kind === 'insert' ? null : { kind: 'insert' }))}
      />
    </div>
  );
}

/** Who can be mentioned: the members, and who wrote here. */
function peopleIn(members: readonly UserRef[], items: readonly Item[], me: string): readonly UserRef[] {
  const people = new Map(members.map((user) => [user.id, user]));
  for (const item of items) if (item.kind === 'message') people.set(item.message.sender.id, item.message.sender);
  people.delete(me);
  return [...people.values()];
}
