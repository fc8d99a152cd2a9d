import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test, vi } from 'vitest';
import { snapshot } from '../../src/chat/rooms';
import { IndexedStore } from '../../src/store/indexedStore';
import { SafeStore } from '../../src/store/safeStore';
import { type Database, openDatabase } from '../../src/store/schema';
import type { StoredRoom } from '../../src/store/store';
import type { ChatEvent } from '../../src/wire/contract';
import { di, FakeServer, jo } from '../fakeServer';

const server = new FakeServer();
server.addRoom('r');
for (let i = 3; i <= 60; i++) server.say('r', di, `m${i}`);
const log = server.log('r');
const at = (cursor: number): StoredRoom => ({ state: snapshot(server.roomFor(jo, 'r'), undefined, cursor), cursor });
const put = (store: IndexedStore, events: readonly ChatEvent[], cursor?: number) =>
  store.apply(jo.id, { events, rooms: cursor === undefined ? [] : [at(cursor)], gone: [] });
const numbers = (events: readonly ChatEvent[]) => events.map((e) => e.seq);

let db: Database;
let store: IndexedStore;

beforeEach(async () => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  db = await openDatabase(jo.id, () => {});
  store = new IndexedStore(db, jo.id, 30);
});

test('pages come from what is stored, without holes, and end where that ends', async () => {
  await put(store, log.slice(0, 10), 10);
  await put(store, log.slice(12, 20));
  expect(numbers(await store.page('r', { before: 11, limit: 4 }))).toEqual([7, 8, 9, 10]);
  expect(numbers(await store.page('r', { after: 7, limit: 50 }))).toEqual([8, 9, 10]);
  expect(await store.page('r', { after: 10, limit: 50 })).toEqual([]);
  expect(numbers(await store.page('r', { before: 16, limit: 50 }))).toEqual([13, 14, 15]);
  await put(store, log.slice(10, 12));
  expect(numbers(await store.page('r', { before: 21, limit: 50 }))).toEqual(numbers(log.slice(0, 20)));
});

test('a transaction that does not end leaves neither events nor cursor', async () => {
  await put(store, log.slice(0, 5), 5);
  const broken = { ...log[6], roomId: undefined } as unknown as ChatEvent;
  await expect(put(store, [...log.slice(5, 7), broken], 7)).rejects.toBeDefined();
  expect((await store.rooms())[0]?.cursor).toBe(5);
  expect(numbers(await store.page('r', { after: 0, limit: 50 }))).toEqual([1, 2, 3, 4, 5]);
});

test('what another tab has stored is not taken back', async () => {
  await put(store, log.slice(0, 20), 20);
  await put(store, log.slice(0, 10), 10);
  expect(await store.rooms()).toEqual([at(20)]);
});

test('a room keeps its newest events, and promises no others', async () => {
  const many = new IndexedStore(db, jo.id, 30);
  const long = Array.from({ length: 1_100 }, (_, i) => ({ ...log[2], seq: i + 1, id: `${i}` }) as ChatEvent);
  await put(many, long, 1_100);
  expect(await db.count('events')).toBe(30);
  expect(numbers(await many.page('r', { before: 1_101, limit: 100 }))).toEqual(numbers(long.slice(-30)));
  expect(await many.page('r', { before: 1_071, limit: 100 })).toEqual([]);
});

test('the text of a deleted message and of its edits is gone from the cache', async () => {
  const edit: ChatEvent = { ...(log[2] as ChatEvent), seq: 61, id: 'e', type: 'edit', target: 3, body: 'better' };
  const gone: ChatEvent = { roomId: 'r', seq: 62, id: 'd', type: 'delete', sender: di, at: edit.at, target: 3 };
  await put(store, [...log.slice(2, 4), edit]);
  await put(store, [gone]);
  expect((await db.getAll('events')).map((e) => e.body)).toEqual([undefined, 'm4', undefined, undefined]);
  expect(numbers(await store.changesOf('r', 1, 10))).toEqual([61, 62]);
});

test('the outbox keeps its order, and what is in the log leaves it in the same transaction', async () => {
  const write = (clientId: string) => store.add({ roomId: 'r', clientId, body: clientId, at: 0 });
  await Promise.all(['a', 'b', 'c', 'd'].map(write));
  await store.refuse('b', { code: 'forbidden', message: 'no' });
  await store.requeue('b', 'b2');
  const order = async () => (await store.outbox('r')).map((m) => m.clientId);
  expect(await order()).toEqual(['a', 'c', 'd', 'b2']);
  expect((await store.outbox()).every((m) => !m.error)).toBe(true);
  await put(store, [{ ...(log[2] as ChatEvent), sender: jo, clientId: 'c' }]);
  await put(store, [{ ...(log[3] as ChatEvent), sender: di, clientId: 'd' }]);
  expect(await order()).toEqual(['a', 'd', 'b2']);
  await store.take(['a']);
  expect(await order()).toEqual(['d', 'b2']);
});

test('nothing is kept of a room that is mine no more, but what I have written', async () => {
  await put(store, log.slice(0, 20), 20);
  await store.setDraft('r', 'half');
  await store.apply(jo.id, { events: [], rooms: [], gone: ['r'] });
  expect([await store.rooms(), await store.drafts(), await db.count('events')]).toEqual([
    [],
    [{ roomId: 'r', text: 'half' }],
    0,
  ]);
});

test('without a database messages wait in memory, and the error is said', async () => {
  vi.stubGlobal('indexedDB', {
    open() {
      throw new DOMException('denied', 'SecurityError');
    },
  });
  const safe = await SafeStore.open('nobody');
  expect(safe.error.value).toBe('denied');
  await safe.add({ roomId: 'r', clientId: 'a', body: 'x', at: 0 });
  expect((await safe.outbox('r')).map((m) => m.clientId)).toEqual(['a']);
  expect(await safe.page('r', { limit: 5 })).toEqual([]);
});

test('a database that stops taking messages is made up for by memory, in order', async () => {
  const safe = await SafeStore.open('full');
  await safe.add({ roomId: 'r', clientId: 'a', body: 'x', at: 0 });
  const full = vi
    .spyOn(IndexedStore.prototype, 'add')
    .mockRejectedValue(new DOMException('full', 'QuotaExceededError'));
  await safe.add({ roomId: 'r', clientId: 'b', body: 'x', at: 0 });
  expect(safe.error.value).toBe('full');
  full.mockRestore();
  expect((await safe.outbox('r')).map((m) => m.clientId)).toEqual(['a', 'b']);
  await safe.take(['a', 'b']);
  expect(await safe.outbox('r')).toEqual([]);
});

test('a room whose news could not be stored is not believed until it comes anew, and keeps its place', async () => {
  const safe = await SafeStore.open('failing');
  const apply = (from: number, to: number, rooms = [at(to)]) =>
    safe.apply(jo.id, { events: log.slice(from - 1, to), rooms, gone: [] });
  const page = async () => numbers(await safe.page('r', { before: 11, limit: 20 }));
  await apply(1, 10);
  expect(await page()).toHaveLength(10);
  const full = vi
    .spyOn(IndexedStore.prototype, 'apply')
    .mockRejectedValue(new DOMException('full', 'QuotaExceededError'));
  await apply(11, 12);
  expect(await page()).toEqual([]);
  full.mockRestore();
  await apply(20, 22, []);
  expect(await page()).toEqual([]);
  expect((await safe.rooms())[0]?.cursor).toBe(10);
  await apply(1, 10);
  expect(await page()).toHaveLength(10);
});

test('another tab that removes the database need not wait for us', async () => {
  const one = await SafeStore.open('two');
  const other = await SafeStore.open('two');
  await other.destroy();
  expect(one.error.value).toBe('versionchange');
  expect(await one.rooms()).toEqual([]);
});

test('a message counts as stored only when its transaction is complete', async () => {
  const transaction = () => {
    const tx = db.transaction(['outbox', 'drafts'], 'readwrite');
    const outbox = tx.objectStore('outbox');
    const add = async (message: never) => {
      await outbox.add(message);
      tx.abort();
    };
    const objectStore = () => ({ add, index: () => outbox.index('clientId'), delete: () => undefined });
    return { objectStore, done: tx.done, abort: () => tx.abort() };
  };
  const failing = new IndexedStore({ transaction } as unknown as Database, jo.id);
  await expect(failing.add({ roomId: 'r', clientId: 'a', body: 'x', at: 0 })).rejects.toBeDefined();
});
