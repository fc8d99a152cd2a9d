import { expect, test } from 'vitest';
import type { Chat } from '../../src/chat/model';
import { di, jo } from '../fakeServer';
import { anew, entry, leave, page, server, shown, ticks, until } from './pages';

anew();

test('what was missed comes without a reload, each once', async () => {
  const chat = await page();
  chat.timeline('r');
  await until(() => chat.synced.value);
  server.say('r', di, 'before');
  server.faults.unreachable = () => true;
  server.breakAll();
  for (let i = 0; i < 300; i++) server.say('r', di, `missed ${i}`);
  server.faults.unreachable = () => false;
  chat.tryNow();
  await until(() => shown(chat).length === 301);
  expect(new Set(shown(chat)).size).toBe(301);
  expect(entry(chat)?.unread).toBe(301);
});

/** A page has shown a message that is deleted while nobody answers, and then so much is said that it will not come by itself. */
async function withHole(then: (chat: Chat) => void): Promise<{ chat: Chat; secret: number }> {
  const secret = server.say('r', di, 'secret');
  for (let i = 0; i < 80; i++) server.say('r', di, `old ${i}`);
  const chat = await page();
  chat.timeline('r');
  await until(() => shown(chat).length > 0);
  void chat.timeline('r').older();
  await until(() => shown(chat).includes('secret'));
  server.faults.unreachable = () => true;
  server.breakAll();
  then(chat);
  await ticks(5);
  server.append('r', { type: 'delete', sender: di, target: secret.seq });
  const { body: _, ...rest } = secret;
  server.log('r')[secret.seq - 1] = rest;
  for (let i = 0; i < 300; i++) server.say('r', di, `new ${i}`);
  server.catchUp = 100;
  server.faults.unreachable = () => false;
  return { chat, secret: secret.seq };
}

test('what was deleted inside a hole goes from an open page', async () => {
  const { chat } = await withHole(() => {});
  chat.tryNow();
  await until(() => !shown(chat).includes('secret'));
  expect(shown(chat)).toEqual([null, ...Array.from({ length: 80 }, (_, i) => `old ${i}`)]);
});

test('what was deleted inside a hole is not shown from the store', async () => {
  const { secret } = await withHole((chat) => chat.stop());
  const chat = await page();
  await until(() => chat.status.value.state === 'connected');
  await ticks(5);
  void chat.timeline('r').around(secret + 20);
  await until(() => shown(chat).includes('old 19'));
  expect(shown(chat)[0]).toBeNull();
});

test('after the server was restored from a backup its new messages come, in the page and from the store', async () => {
  for (let i = 0; i < 20; i++) server.say('r', di, `m${i}`);
  const chat = await page();
  chat.timeline('r');
  await until(() => shown(chat).length === 20);
  chat.markRead('r', 22);
  await until(() => server.roomFor(jo, 'r').readUpTo === 22);
  server.breakAll();
  server.log('r').length = 12;
  server.rooms.get('r')?.read.set(jo.id, 10);
  await until(() => chat.status.value.state === 'connected');
  for (const body of ['new 1', 'new 2']) server.say('r', di, body);
  const now = [...Array.from({ length: 10 }, (_, i) => `m${i}`), 'new 1', 'new 2'];
  await until(() => shown(chat).join() === now.join());
  expect(entry(chat)).toMatchObject({ unread: 4, lastLine: { body: 'new 2' }, room: { head: 14, readUpTo: 10 } });
  await ticks(5);
  leave(chat);
  await ticks(5);
  const next = await page();
  next.timeline('r');
  await until(() => shown(next).length > 0);
  expect(shown(next)).toEqual(now);
});

test('after it was restored and has overtaken the page, with other events of the same numbers, those are shown', async () => {
  for (let i = 0; i < 20; i++) server.say('r', di, `m${i}`);
  const chat = await page();
  chat.timeline('r');
  await until(() => shown(chat).length === 20);
  await ticks(5);
  leave(chat);
  await ticks(5);
  server.log('r').length = 12;
  server.generation = 'second';
  for (let i = 0; i < 30; i++) server.say('r', di, `new ${i}`);
  const now = [...Array.from({ length: 10 }, (_, i) => `m${i}`), ...Array.from({ length: 30 }, (_, i) => `new ${i}`)];
  server.faults.unreachable = () => false;
  const next = await page();
  next.timeline('r');
  await until(() => shown(next).join() === now.join());
  server.say('r', di, 'newest');
  await until(() => shown(next).at(-1) === 'newest');
});
