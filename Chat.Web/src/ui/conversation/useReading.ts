import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Chat, RoomEntry, Timeline } from '../../chat/model';
import { looking } from './looking';
import { firstFresh, seqOf, type View } from './rows';
import type { Place } from './TimelineView';

/** What is read and what is new: tells the server when the end was seen, and keeps the line “New” where the person stopped. */
export function useReading(chat: Chat, entry: RoomEntry, timeline: Timeline) {
  const { room } = entry;
  const me = chat.me.value.id;
  const [opened] = useState({ unread: entry.unread, readUpTo: room.readUpTo });
  const [readUpTo, setReadUpTo] = useState<number | null>(opened.unread > 0 ? opened.readUpTo : null);
  const [dismissed, dismiss] = useState(false);
  const [atEnd, setAtEnd] = useState(false);
  const items = timeline.items.value;
  const newest = items.findLast((i) => i.kind !== 'outbox');
  const newestSeq = newest ? (seqOf(newest) ?? 0) : 0;
  const seen = looking.value && atEnd && newestSeq > 0;

  useEffect(() => {
    if (seen) chat.markRead(room.id, newestSeq);
  }, [seen, newestSeq, chat, room.id]);

  // Who comes back to the page finds the line where they left; who stays needs none.
  const left = useRef(0);
  useEffect(() => {
    if (!looking.value && atEnd) {
      left.current = newestSeq;
      setReadUpTo(newestSeq);
    } else if (looking.value && left.current > 0 && left.current === newestSeq) setReadUpTo(null);
  }, [looking.value]);

  const seenUpTo =
    room.kind === 'direct'
      ? Math.max(0, ...[...chat.readMarkers(room.id).value].filter(([id]) => id !== me).map(([, seq]) => seq))
      : 0;
  const view = useMemo((): View => ({ me, readUpTo, seenUpTo }), [me, readUpTo, seenUpTo]);
  const stillUnread = !dismissed && opened.unread > 0 && readUpTo === opened.readUpTo;
  const unseenAbove = stillUnread && items.length > 0 && firstFresh(items, me, opened.readUpTo) === null;
  return {
    view,
    /** The number of the newest event in the window. */
    newest: newestSeq,
    /** Unread messages further up than what is loaded; 0 if there are none. */
    unreadAbove: unseenAbove ? opened.unread : 0,
    goToUnread: async (place: Place | null) => {
      dismiss(true);
      await place?.toUnread();
    },
    onEnd: useCallback((at: boolean) => setAtEnd(at), []),
  };
}
