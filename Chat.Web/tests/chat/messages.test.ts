import { expect, test } from 'vitest';
import { ItemMaker, MessageChanges, messageOf } from '../../src/chat/messages';
import type { ChatEvent } from '../../src/wire/contract';
import { di, jo } from '../fakeServer';

const event = (seq: number, e: Partial<ChatEvent>): ChatEvent => ({
  roomId: 'r',
  seq,
  id: `e${seq}`,
  type: 'message',
  sender: di,
  at: '2026-01-01T00:00:00Z',
  ...e,
});
const message = event(1, { body: 'a', clientId: 'c1' });

test('the newest edit of its sender counts, and nobody else’s', () => {
  const changes = [
    event(2, { type: 'edit', target: 1, body: 'b' }),
    event(3, { type: 'edit', target: 1, body: 'c' }),
    event(4, { type: 'edit', target: 1, body: 'evil', sender: jo }),
    event(5, { type: 'edit', target: 1 }),
  ];
  expect(messageOf(message, changes)).toMatchObject({ body: 'c', edited: true });
});

test('a deleted message has no body, no edits and no reactions', () => {
  const changes = [
    event(2, { type: 'edit', target: 1, body: 'b' }),
    event(3, { type: 'reaction', target: 1, body: '+' }),
    event(4, { type: 'delete', target: 1, sender: jo }),
  ];
  expect(messageOf(message, changes)).toMatchObject({ body: null, edited: false, reactions: [] });
  const { body: _, ...scrubbed } = message;
  expect(messageOf(scrubbed, [])).toMatchObject({ body: null });
});

test('a person has one reaction: the newest; an empty one takes it back', () => {
  const react = (seq: number, sender: typeof jo, body: string) =>
    event(seq, { type: 'reaction', target: 1, sender, body });
  const all = [react(2, jo, '+'), react(3, di, '+'), react(4, jo, '!')];
  expect(messageOf(message, all).reactions).toEqual([
    { body: '+', users: [di] },
    { body: '!', users: [jo] },
  ]);
  expect(messageOf(message, [...all, react(5, di, '')]).reactions).toEqual([{ body: '!', users: [jo] }]);
});

test('a line stays the same object until something about it changes', () => {
  const changes = new MessageChanges();
  const maker = new ItemMaker(jo.id);
  const events = [message, event(2, { body: 'b' })];
  const before = maker.items(events, changes);
  const edit = event(3, { type: 'edit', target: 2, body: 'c' });
  changes.add([edit]);
  const after = maker.items(events, changes);
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  changes.add([edit]);
  expect(maker.items(events, changes)[1]).toBe(after[1]);
});

test('my message keeps the key that it had in the outbox; unknown types are not shown', () => {
  const events = [message, event(2, { type: 'join' }), event(3, { type: 'poll' })];
  const keys = (me: string) => new ItemMaker(me).items(events, new MessageChanges()).map((i) => i.key);
  expect(keys(di.id)).toEqual(['c1', 'e2']);
  expect(keys(jo.id)).toEqual(['e1', 'e2']);
});
