import { expect, test } from 'vitest';
import { afterEvent, afterPage, mentioned, type RoomState, readTo, snapshot } from '../../src/chat/rooms';
import type { ChatEvent, Room } from '../../src/wire/contract';
import { di, jo } from '../fakeServer';

const room: Room = {
  id: 'r',
  kind: 'public',
  name: 'R',
  head: 2,
  readUpTo: 2,
  unread: 0,
  joined: 1,
  members: [jo, di],
};
const start = snapshot(room, undefined, 2);
const event = (seq: number, e: Partial<ChatEvent>): ChatEvent => ({
  roomId: 'r',
  seq,
  id: `${seq}`,
  type: 'message',
  sender: di,
  at: new Date(seq * 1000).toISOString(),
  ...e,
});
const after = (...events: ChatEvent[]): RoomState => events.reduce((state, e) => afterEvent(state, e, jo), start);

test('messages of others are unread, mine are not, and neither are edits', () => {
  const state = after(
    event(3, { body: 'a' }),
    event(4, { body: 'b', sender: jo }),
    event(5, { type: 'edit', target: 3, body: 'c' }),
    event(6, { body: 'd' }),
  );
  expect(state.room).toMatchObject({ unread: 2, head: 6 });
  expect(state.lastLine).toMatchObject({ seq: 6, body: 'd', at: 6000 });
});

test('what the snapshot has counted is not counted again', () => {
  const caughtUp = snapshot({ ...room, head: 4, unread: 2 }, start, 2);
  const state = [3, 4, 5].reduce((s, seq) => afterEvent(s, event(seq, { body: 'x' }), jo), caughtUp);
  expect(state.room.unread).toBe(3);
});

test('a snapshot older than what has come does not take the room back', () => {
  const state = snapshot(room, readTo(after(event(3, { body: 'x' })), 3), 3);
  expect(state.room).toMatchObject({ head: 3, readUpTo: 3, unread: 0 });
  expect(state.lastLine?.body).toBe('x');
});

test('reading lowers the count to what can be left, and never goes back', () => {
  const state = after(event(3, { body: 'a' }), event(4, { body: 'b' }), event(5, { body: 'c' }));
  expect(readTo(state, 4).room).toMatchObject({ readUpTo: 4, unread: 1 });
  expect(readTo(readTo(state, 5), 3).room).toMatchObject({ readUpTo: 5, unread: 0 });
});

test('a mention lasts until it is read; a direct room needs none', () => {
  const state = after(event(3, { body: 'hi @jo!' }), event(4, { body: 'x' }));
  expect(mentioned(state)).toBe(true);
  expect(mentioned(readTo(state, 3))).toBe(false);
  expect(mentioned(after(event(3, { body: 'x' })))).toBe(false);
  expect(mentioned({ ...after(event(3, { body: 'x' })), room: { ...room, kind: 'direct', unread: 1 } })).toBe(true);
});

test('members come and go, and a room changes its name', () => {
  const eve = { id: 'u-eve', name: 'Eve' };
  const state = after(
    event(3, { type: 'join', sender: eve }),
    event(4, { type: 'join', sender: eve }),
    event(5, { type: 'leave', sender: di }),
    event(6, { type: 'room', room: { topic: 'T' } }),
    event(7, { type: 'unheard-of' }),
  );
  expect(state.room).toMatchObject({ name: 'R', topic: 'T', head: 7, members: [jo, eve] });
});

test('the last line follows edits of its sender and deletion', () => {
  const edited = after(
    event(3, { body: 'a' }),
    event(4, { type: 'edit', target: 3, body: 'b' }),
    event(5, { type: 'edit', target: 3, body: 'c', sender: jo }),
  );
  expect(edited.lastLine?.body).toBe('b');
  expect(afterEvent(edited, event(6, { type: 'delete', target: 3 }), jo).lastLine?.body).toBeNull();
});

test('a page of the newest events gives a room its last line without making anything unread', () => {
  const state = afterPage(start, [event(1, { body: 'old' }), event(2, { type: 'join' })]);
  expect(state.lastLine?.body).toBe('old');
  expect(state.activity).toBe(2000);
  expect(state.room).toEqual(room);
});

test('how far others have read is what was heard or what the server says, whichever is more', () => {
  const before = { ...start, markers: { 'u-di': 5, 'u-al': 2 } };
  const direct = { ...room, seen: { 'u-di': 4, 'u-al': 7, 'u-bo': 1 } };
  expect(snapshot(direct, before, 2).markers).toEqual({ 'u-di': 5, 'u-al': 7, 'u-bo': 1 });
  expect(snapshot(direct, undefined, 2).markers).toEqual(direct.seen);
});
