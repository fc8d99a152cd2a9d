import { expect, test } from 'vitest';
import { neighbour } from '../../../src/ui/keyboard/neighbour';

const rooms = [
  { id: 'a', unread: 0 },
  { id: 'b', unread: 0 },
  { id: 'c', unread: 2 },
];

test('the next and the previous room, around the ends', () => {
  expect(neighbour(rooms, 'a', 1, false)).toBe('b');
  expect(neighbour(rooms, 'c', 1, false)).toBe('a');
  expect(neighbour(rooms, 'a', -1, false)).toBe('c');
});

test('without an open room: the first or the last', () => {
  expect(neighbour(rooms, null, 1, false)).toBe('a');
  expect(neighbour(rooms, null, -1, false)).toBe('c');
  expect(neighbour(rooms, 'gone', 1, false)).toBe('a');
});

test('only those with unread messages', () => {
  expect(neighbour(rooms, 'a', 1, true)).toBe('c');
  expect(neighbour(rooms, 'a', -1, true)).toBe('c');
  expect(neighbour(rooms, 'c', 1, true)).toBeNull();
});

test('there may be none', () => {
  expect(neighbour([], null, 1, false)).toBeNull();
  expect(neighbour([{ id: 'a', unread: 1 }], 'a', -1, false)).toBeNull();
});
