import '../../styles/conversation.css';
import { batch } from '@preact/signals';
import type { VNode } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Chat, Item, Message, RoomEntry } from '../../chat/model';
import { t } from '../../i18n';
import type { UserRef } from '../../wire/contract';
import { copyText } from '../copyText';
import { later } from '../later';
import { type Actions, reasonOf } from './actions';
import { Composer, type ComposerHandle } from './Composer';
import { begin, modeOf, without } from './modes';
import { type Pick, Picking } from './Picking';
import { type Place, TimelineView } from './TimelineView';
import { TypingLine } from './TypingLine';
import { useReading } from './useReading';
import { useSaid } from './useSaid';

interface Props {
  readonly chat: Chat;
  readonly roomId: string;
  /** The message to show and to mark; null: the first unread one, else the newest. */
  readonly seq: number | null;
}

const ConfirmDelete = later(async () => (await import('./ConfirmDelete')).ConfirmDelete);

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
  const [removing, setRemoving] = useState<Message | null>(null);
  const { said, say } = useSaid();
  const reading = useReading(chat, entry, timeline);
  const items = timeline.items.value;
  const people = useMemo(() => peopleIn(entry.room.members, items, me.id), [entry.room.members, items, me.id]);

  useEffect(() => {
    // What refusals are called, for one: not needed at once, but soon. The service worker has it for when there is no network.
    import('../../i18n/conversationLater').catch(() => undefined);
  }, []);
  const tell = useCallback((e: unknown) => say(t('timeline.actionFailed', { reason: reasonOf(e) })), [say]);
  const act = useMemo((): Actions => {
    const link = (message: Message) => `${location.origin}/r/${roomId}/${message.seq}`;
    return {
      reply: (message) => {
        mode.value = begin('reply', message, mode.peek());
      },
      edit: (message) => {
        mode.value = begin('edit', message, mode.peek());
      },
      remove: setRemoving,
      pickReaction: (message) => setPicking({ kind: 'react', message }),
      toggleReaction: (message, emoji) => {
        const mine = message.reactions.some((r) => r.body === emoji && r.users.some((u) => u.id === chat.me.peek().id));
        chat.react(roomId, message.seq, mine ? '' : emoji).catch(tell);
      },
      copyLink: async (message) => {
        try {
          await copyText(link(message));
          say(t('timeline.linkCopied'));
        } catch {
          say(t('timeline.linkNotCopied', { link: link(message) }));
        }
      },
      jump: async (to) => {
        if (!(await place.current?.goTo(to))) say(t('timeline.gone'));
      },
      retry: (clientId) => void chat.retry(clientId).catch(tell),
      discard: (clientId) => void chat.discard(clientId).catch(tell),
    };
  }, [chat, roomId, mode, say, tell]);

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
  const remove = (message: Message) => {
    chat.remove(roomId, message.seq).catch(tell);
    mode.value = without(mode.peek(), (m) => m.message.seq === message.seq);
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
    if (e.type === 'drop') say(t('composer.noFiles'));
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
        openAt={seq}
        place={place}
        onEnd={reading.onEnd}
        onFocusLost={() => composer.current?.focus()}
        onGone={() => say(t('timeline.gone'))}
      />
      <TypingLine typing={chat.typing(roomId)} />
      <div class="said" role="status">
        {said}
      </div>
      {picking && (
        <Picking
          pick={picking}
          onClose={() => setPicking(null)}
          onPick={(emoji) => {
            if (picking.kind === 'react') chat.react(roomId, picking.message.seq, emoji).catch(tell);
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
        onRemove={setRemoving}
        onEmoji={() => setPicking((now) => (now?.kind === 'insert' ? null : { kind: 'insert' }))}
        say={say}
      />
      {removing && (
        <ConfirmDelete message={removing} onYes={() => remove(removing)} onClose={() => setRemoving(null)} />
      )}
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
