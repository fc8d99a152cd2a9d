import { expect, test, vi } from 'vitest';
import { Refusal } from '../../src/wire/refusal';
import { di, jo } from '../fakeServer';
import { anew, entry, leave, page, server, shown, ticks, until } from './pages';

anew();

test('rooms, unread counts and last lines are there after the first connection', async () => {
  server.say('r', di, 'hello @jo');
  const chat = await page();
  expect(chat.synced.value).toBe(false);
  await until(() => entry(chat)?.lastLine);
  expect(entry(chat)).toMatchObject({ unread: 1, lastLine: { body: 'hello @jo' }, outbox: 0 });
  server.say('r', di, 'and @Jo again');
  await ticks(1);
  expect(entry(chat)).toMatchObject({ unread: 2, mentioned: true, lastLine: { body: 'and @Jo again' } });
});

test('a page opens from what is stored while nobody answers', async () => {
  const first = await page();
  first.timeline('r');
  await until(() => first.synced.value);
  for (const body of ['one', 'two']) server.say('r', di, body);
  await ticks(5);
  leave(first);
  await ticks(5);
  const second = await page();
  expect(entry(second)).toMatchObject({ unread: 2, lastLine: { body: 'two' } });
  second.timeline('r');
  await until(() => shown(second).length === 2);
  expect(shown(second)).toEqual(['one', 'two']);
  expect(second.status.value.state).toBe('connecting');
});

test('only live messages of others are news', async () => {
  server.say('r', di, 'old');
  const chat = await page();
  const news: string[] = [];
  const stop = chat.onArrival(({ message, mentioned }) => news.push(`${message.body}${mentioned ? '!' : ''}`));
  await until(() => chat.synced.value);
  server.say('r', di, 'live @Jo');
  await chat.send('r', 'mine');
  await until(() => entry(chat)?.outbox === 0);
  server.faults.unreachable = () => true;
  server.breakAll();
  for (const body of ['missed 1', 'missed 2']) server.say('r', di, body);
  server.faults.unreachable = () => false;
  chat.tryNow();
  await until(() => chat.status.value.state === 'connected');
  await until(() => entry(chat)?.unread === 4);
  expect(news).toEqual(['live @Jo!', 'missed 2']);
  stop();
  server.say('r', di, 'unheard');
  expect(news.length).toBe(2);
});

test('a room whose history cannot be read leaves the others their last lines', async () => {
  for (const id of ['s', 't']) {
    server.addRoom(id);
    server.say(id, di, `in ${id}`);
  }
  server.faults.refuse = (method, [id]) => (method === 'History' && id === 'r' ? new Refusal('forbidden', 'no') : null);
  const chat = await page();
  await until(() => entry(chat, 't')?.lastLine);
  expect([entry(chat, 'r')?.lastLine, entry(chat, 's')?.lastLine?.body]).toEqual([null, 'in s']);
});

test('a room that was just joined has its last line, also if more comes while that is asked for', async () => {
  server.addRoom('s', [di]);
  server.say('s', di, 'last words');
  const chat = await page();
  await until(() => chat.synced.value);
  server.live = false;
  server.faults.refuse = (method) => {
    if (method === 'History') server.deliver();
    return null;
  };
  await chat.join('s');
  chat.timeline('s');
  await until(() => entry(chat, 's')?.lastLine);
  expect(entry(chat, 's')?.lastLine?.body).toBe('last words');
});

test('a room that I was invited to has its last line', async () => {
  server.addRoom('s', [di]);
  server.say('s', di, 'come in');
  const chat = await page();
  await until(() => chat.synced.value);
  server.join(jo, 's');
  await until(() => entry(chat, 's')?.lastLine);
  expect(entry(chat, 's')?.lastLine?.body).toBe('come in');
});

test('a last line that is deleted while it is asked for stays deleted', async () => {
  const { seq } = server.say('r', di, 'secret');
  let deleted = false;
  server.faults.refuse = (method) => {
    if (method === 'History' && !deleted)
      // After the answer was read from the log.
      queueMicrotask(() => server.append('r', { type: 'delete', sender: di, target: seq }));
    deleted ||= method === 'History';
    return null;
  };
  const chat = await page();
  await until(() => entry(chat)?.lastLine);
  expect(entry(chat)?.lastLine?.body).toBeNull();
});

test('a room that is mine no more leaves the list and the store', async () => {
  const chat = await page();
  await until(() => chat.synced.value);
  server.say('r', di, 'x');
  await ticks(5);
  server.rooms.delete('r');
  server.breakAll();
  await until(() => entry(chat) === null);
  await ticks(5);
  leave(chat);
  await ticks(5);
  expect((await page()).rooms.value).toEqual([]);
});

test('a block of another device is known here as soon as its room goes, and gone when the room is back', async () => {
  server.features = ['consent'];
  server.addRoom('d', [jo, di], 'direct');
  const chat = await page();
  await until(() => chat.synced.value && server.calls.includes('Blocked'));
  const direct = server.roomFor(jo, 'd');
  server.blocked = [di];
  for (const hub of server.hubs) hub.push('RoomRemoved', 'd');
  await until(() => chat.blocked.value.has(di.id));
  server.blocked = [];
  for (const hub of server.hubs) hub.push('RoomUpdated', direct);
  await until(() => !chat.blocked.value.has(di.id));
});

test('signing out ends all tabs and leaves nothing here', async () => {
  const [one, two] = [await page(), await page()];
  await until(() => one.synced.value && two.synced.value);
  vi.stubGlobal('fetch', async () => new Response(null, { status: 204 }));
  await one.signOut();
  await until(() => two.status.value.state === 'failed');
  expect(two.status.value.reason).toMatchObject({ code: 'refused', error: 'unauthenticated' });
  await ticks(20);
  expect(await indexedDB.databases()).toEqual([]);
});

test('without a database the page works from memory and says so', async () => {
  vi.stubGlobal('indexedDB', {
    open() {
      throw new DOMException('denied', 'SecurityError');
    },
  });
  const chat = await page();
  expect(chat.storageError.value).toBe('denied');
  chat.timeline('r');
  await until(() => chat.synced.value);
  server.say('r', di, 'hello');
  await chat.send('r', 'x');
  await until(() => shown(chat).join() === 'hello,x');
});
