import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inThisTab } from '../../src/chat/locks';
import type { Chat } from '../../src/chat/model';
import { RelayChat } from '../../src/chat/relayChat';
import { IndexedStore } from '../../src/store/indexedStore';
import { SafeStore } from '../../src/store/safeStore';
import type { User } from '../../src/wire/contract';
import { Refusal } from '../../src/wire/refusal';
import { di, FakeServer, jo } from '../fakeServer';

let server: FakeServer;
let open: RelayChat[];
let locks = inThisTab();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  vi.stubGlobal('indexedDB', new IDBFactory());
  server = new FakeServer();
  server.addRoom('r');
  open = [];
  locks = inThisTab();
});

afterEach(async () => {
  for (const chat of open) chat.stop();
  await ticks(5);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function page(user: User = jo): Promise<Chat> {
  const store = await SafeStore.open(user.id);
  const chat = await RelayChat.open(user, { store, exclusive: locks, open: server.connect(user) });
  open.push(chat);
  return chat;
}

/** The page goes away, and nobody answers any more. */
function leave(chat: Chat): void {
  server.breakAll();
  server.faults.unreachable = () => true;
  chat.stop();
}

async function ticks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await vi.advanceTimersByTimeAsync(50);
    await new Promise((done) => setImmediate(done));
  }
}

async function until(what: () => unknown): Promise<void> {
  for (let i = 0; i < 400 && !what(); i++) await ticks(1);
  expect(what()).toBeTruthy();
}

const shown = (chat: Chat, roomId = 'r') =>
  chat.timeline(roomId).items.value.flatMap((i) => {
    if (i.kind === 'message') return [i.message.body];
    return i.kind === 'outbox' ? [`${i.entry.state} ${i.entry.body}`] : [];
  });
const entry = (chat: Chat, roomId = 'r') => chat.room(roomId).value;

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

test('a message written while nobody answers survives the page and is sent once', async () => {
  const first = await page();
  await until(() => first.synced.value);
  server.faults.breakCall = (method) => (method === 'Send' ? 'after' : null);
  first.timeline('r');
  await first.send('r', 'important');
  await until(() => server.log('r').some((e) => e.body === 'important'));
  leave(first);
  await ticks(5);
  server.faults.unreachable = () => false;
  server.faults.breakCall = () => null;
  const second = await page();
  expect(second.timeline('r')).toBeDefined();
  await until(() => second.synced.value && entry(second)?.outbox === 0);
  await until(() => shown(second).includes('important'));
  expect(server.log('r').filter((e) => e.body === 'important').length).toBe(1);
  expect(shown(second).filter((b) => b?.includes('important'))).toEqual(['important']);
});

test('two tabs show one outbox, and each message once', async () => {
  const [one, two] = [await page(), await page()];
  await until(() => one.synced.value && two.synced.value);
  one.timeline('r');
  two.timeline('r');
  for (let i = 0; i < 10; i++) await (i % 2 ? one : two).send('r', `m${i}`);
  await until(() => shown(one).length === 10 && shown(two).length === 10);
  await until(() => entry(one)?.outbox === 0 && entry(two)?.outbox === 0);
  const sent = server.log('r').flatMap((e) => (e.type === 'message' ? e.body : []));
  expect(sent).toEqual(Array.from({ length: 10 }, (_, i) => `m${i}`));
  expect(shown(one)).toEqual(sent);
  expect(shown(two)).toEqual(sent);
});

test('a tab that is not connected has its messages sent by one that is', async () => {
  const connected = await page();
  await until(() => connected.synced.value);
  server.faults.unreachable = () => true;
  const alone = await page();
  await alone.send('r', 'carried');
  await until(() => server.log('r').some((e) => e.body === 'carried'));
});

test('edits, reactions and what is read reach the server, and come back', async () => {
  const chat = await page();
  chat.timeline('r');
  await until(() => chat.synced.value);
  await chat.send('r', 'a');
  await until(() => shown(chat).includes('a'));
  const seq = server.log('r').length;
  server.say('r', di, 'b');
  await chat.edit('r', seq, 'A');
  await chat.react('r', seq, '+');
  await until(() => shown(chat)[0] === 'A');
  expect(chat.timeline('r').items.value.at(-2)).toMatchObject({
    message: { edited: true, reactions: [{ body: '+', users: [{ id: jo.id }] }] },
  });
  chat.markRead('r', seq + 1);
  await until(() => entry(chat)?.unread === 0);
  await until(() => server.roomFor(jo, 'r').readUpTo === seq + 1);
});

test('unread is exact after reading up to a message in the middle', async () => {
  const chat = await page();
  await until(() => chat.synced.value);
  const a = server.say('r', di, 'a');
  server.append('r', { type: 'reaction', sender: di, target: a.seq, body: '+' });
  server.say('r', di, 'b');
  server.append('r', { type: 'edit', sender: di, target: a.seq, body: 'A' });
  await until(() => entry(chat)?.unread === 2);
  chat.markRead('r', a.seq);
  await until(() => entry(chat)?.unread === 1);
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

test('what was read while nobody answered reaches the server from the next page', async () => {
  const { seq } = server.say('r', di, 'hi');
  const first = await page();
  await until(() => first.synced.value);
  server.faults.unreachable = () => true;
  server.breakAll();
  first.markRead('r', seq);
  await ticks(5);
  first.stop();
  await ticks(5);
  server.faults.unreachable = () => false;
  await page();
  await until(() => server.roomFor(jo, 'r').readUpTo === seq);
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

test('a failed message can be discarded, or sent again', async () => {
  const chat = await page();
  await until(() => chat.synced.value);
  let allowed = false;
  server.faults.refuse = (method) => (method === 'Send' && !allowed ? new Refusal('forbidden', 'no') : null);
  chat.timeline('r');
  await chat.send('r', 'a');
  await chat.send('r', 'b');
  await until(() => shown(chat).join() === 'failed a,failed b');
  const [a, b] = chat
    .timeline('r')
    .items.value.filter((i) => i.kind === 'outbox')
    .map((i) => i.key) as [string, string];
  await chat.discard(a);
  allowed = true;
  await chat.retry(b);
  await until(() => shown(chat).join() === 'b');
  expect(entry(chat)?.outbox).toBe(0);
});

test('drafts are kept and shared', async () => {
  const [one, two] = [await page(), await page()];
  one.draft('r').value = 'half a th';
  await until(() => two.draft('r').value === 'half a th');
  await until(() => one.synced.value);
  expect(entry(one)?.hasDraft).toBe(true);
  one.stop();
  await ticks(5);
  expect((await page()).draft('r').value).toBe('half a th');
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

test('what is sent is shown at once, leaves the field when it is stored, and does not come back after a crash', async () => {
  const one = await page();
  const other = await page();
  await until(() => one.synced.value && other.synced.value);
  one.draft('r').value = 'half a thought';
  await until(() => other.draft('r').value !== '');
  const sent = one.send('r', 'half a thought');
  expect(one.outbox.value).toMatchObject([{ state: 'pending', body: 'half a thought' }]);
  expect(one.draft('r').value).toBe('half a thought');
  await sent;
  one.draft('r').value = '';
  // No timer has passed: this is what a page finds that comes after a crash.
  const after = await SafeStore.open(jo.id);
  expect(await after.drafts()).toEqual([]);
  after.close();
  await new Promise((done) => setImmediate(done));
  await new Promise((done) => setImmediate(done));
  expect(other.draft('r').value).toBe('');
});

test('what memory kept for a database that would not take it is sent once, and the draft is stored again', async () => {
  const chat = await page();
  await until(() => chat.synced.value);
  const add = vi.spyOn(IndexedStore.prototype, 'add').mockRejectedValue(new Error('broken'));
  const draft = vi.spyOn(IndexedStore.prototype, 'setDraft').mockRejectedValue(new Error('broken'));
  await chat.send('r', 'x');
  chat.draft('r').value = 'next';
  await ticks(10);
  expect(chat.storageError.value).toBe('broken');
  add.mockRestore();
  draft.mockRestore();
  await until(() => chat.storageError.value === null);
  await ticks(10);
  expect(server.log('r').filter((e) => e.body === 'x').length).toBe(1);
  expect(chat.outbox.value).toEqual([]);
  const after = await SafeStore.open(jo.id);
  expect(await after.drafts()).toEqual([{ roomId: 'r', text: 'next' }]);
  after.close();
});

test('what I wrote to a room that I was removed from stays, with its draft', async () => {
  const chat = await page();
  await until(() => chat.synced.value);
  leave(chat);
  await ticks(2);
  const offline = await page();
  offline.draft('r').value = 'half a thought';
  await ticks(10);
  await offline.send('r', 'written offline');
  offline.draft('r').value = 'another thought';
  await ticks(10);
  const room = server.rooms.get('r');
  if (room) room.room = { ...room.room, members: [di] };
  server.faults.refuse = (method) => (method === 'Send' ? new Refusal('forbidden', 'no') : null);
  server.faults.unreachable = () => false;
  await until(() => offline.rooms.value.length === 0 && offline.outbox.value[0]?.state === 'failed');
  await ticks(10);
  const after = await SafeStore.open(jo.id);
  expect(await after.outbox()).toMatchObject([{ body: 'written offline', error: { code: 'forbidden' } }]);
  expect(await after.drafts()).toEqual([{ roomId: 'r', text: 'another thought' }]);
  after.close();
});
