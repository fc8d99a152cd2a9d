import { useEffect, useMemo } from 'preact/hooks';
import type { Chat } from '../../chat/model';
import { Conversation } from '../conversation/Conversation';
import { later } from '../later';
import { RoomHeader } from './RoomHeader';
import { rememberRoom } from './shownRoom';

const RequestBar = later(async () => (await import('./Requests')).RequestBar);
const Absent = later(async () => (await import('./Absent')).Absent);

/** Rooms I have been in since the page was loaded: who left one does not come back by pressing "back". */
const seen = new Set<string>();

/** The middle pane: a room I am in, or the way into one. */
export function RoomPane({ chat, roomId, seq }: { chat: Chat; roomId: string; seq: number | null }) {
  const entry = useMemo(() => chat.room(roomId), [chat, roomId]).value;
  const mine = `${chat.me.value.id}/${roomId}`;
  useEffect(() => {
    if (!entry) return;
    seen.add(mine);
    rememberRoom(roomId);
  }, [roomId, entry !== null]);
  if (!entry) return <Absent chat={chat} roomId={roomId} wasMember={seen.has(mine)} />;
  return (
    <>
      <RoomHeader chat={chat} entry={entry} />
      {entry.room.request && <RequestBar chat={chat} entry={entry} />}
      <Conversation chat={chat} roomId={roomId} seq={seq} />
    </>
  );
}
