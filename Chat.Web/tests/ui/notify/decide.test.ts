import { expect, test } from 'vitest';
import { countUnread, decide, type Preferences, titleOf } from '../../../src/ui/notify/decide';
import { fakeEntry, fakeRoom } from '../fakeChat';

const on: Preferences = { desktop: true, level: 'all', sound: true, rooms: {} };
const lobby = fakeRoom('lobby');
const direct = fakeRoom('d', { kind: 'direct' });
const said = { room: lobby, mentioned: false };

test('a message in a room that nobody looks at is shown and heard', () => {
  expect(decide(on, said, false)).toEqual({ show: true, sound: true });
});

test('nothing happens while the room is visible and has the focus', () => {
  expect(decide(on, { room: lobby, mentioned: true }, true)).toEqual({ show: false, sound: false });
});

test('with mentions only, a room is silent until it names me, and a direct message always counts', () => {
  const mentions: Preferences = { ...on, level: 'mentions' };
  expect(decide(mentions, said, false).show).toBe(false);
  expect(decide(mentions, { room: lobby, mentioned: true }, false).show).toBe(true);
  expect(decide(mentions, { room: direct, mentioned: false }, false).show).toBe(true);
});

test('a room of its own choice does not follow the general one', () => {
  const quietRoom: Preferences = { ...on, rooms: { lobby: { level: 'none' } } };
  expect(decide(quietRoom, { room: lobby, mentioned: true }, false)).toEqual({ show: false, sound: false });
  const loudRoom: Preferences = { ...on, level: 'none', sound: false, rooms: { lobby: { level: 'all', sound: true } } };
  expect(decide(loudRoom, said, false)).toEqual({ show: true, sound: true });
  const silentRoom: Preferences = { ...on, rooms: { lobby: { sound: false } } };
  expect(decide(silentRoom, said, false)).toEqual({ show: true, sound: false });
});

test('sound works without desktop notifications', () => {
  expect(decide({ ...on, desktop: false }, said, false)).toEqual({ show: false, sound: true });
});

test('the title counts what would notify, whether or not the desktop is told', () => {
  const rooms = [
    fakeEntry(fakeRoom('a', { unread: 3 })),
    fakeEntry(fakeRoom('b', { unread: 5 })),
    fakeEntry(fakeRoom('c', { kind: 'direct', unread: 1 })),
  ];
  expect(countUnread({ ...on, desktop: false, rooms: { b: { level: 'none' } } }, rooms)).toBe(4);
  expect(countUnread({ ...on, level: 'mentions' }, rooms)).toBe(1);
});

test('the title names the room, and the count when there is one', () => {
  expect(titleOf(3, 'Chat', 'Lobby')).toBe('(3) Chat – Lobby');
  expect(titleOf(0, 'Chat', 'Lobby')).toBe('Chat – Lobby');
  expect(titleOf(12, 'Chat', null)).toBe('(12) Chat');
});
