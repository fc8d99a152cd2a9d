import { expect, test } from 'vitest';
import { firstRoom } from '../../../src/ui/signin/firstRoom';
import { fakeChat, fakeRoom } from '../fakeChat';

const me = { id: 'me', name: 'J', kind: 'guest' } as const;

test('somebody new joins the room named "Lobby"', async () => {
  const chat = fakeChat(me, [], [fakeRoom('x', { name: 'Lobby 2' }), fakeRoom('l', { name: 'Lobby' })]);
  expect((await firstRoom(chat))?.id).toBe('l');
  expect(chat.calls).toEqual(['join l']);
});

test('of several rooms of that name somebody new joins the one with most members', async () => {
  const made = [1, 7, 2].map((memberCount) => fakeRoom(`l${memberCount}`, { name: 'Lobby', memberCount }));
  const chat = fakeChat(me, [], made);
  expect((await firstRoom(chat))?.id).toBe('l7');
});

test('where there is no public room at all, the lobby is made', async () => {
  const chat = fakeChat(me);
  expect((await firstRoom(chat))?.name).toBe('Lobby');
  expect(chat.calls).toEqual(['createRoom public Lobby']);
});

test('where there are others, the choice is left to the person', async () => {
  const chat = fakeChat(me, [], [fakeRoom('x', { name: 'Music' })]);
  expect(await firstRoom(chat)).toBeNull();
  expect(chat.calls).toEqual([]);
});
