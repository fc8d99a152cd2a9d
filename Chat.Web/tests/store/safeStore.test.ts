import 'fake-indexeddb/auto';
import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inThisTab } from '../../src/chat/locks';
import { Outbox } from '../../src/chat/outbox';
import { OutboxSender } from '../../src/chat/sender';
import { IndexedStore } from '../../src/store/indexedStore';
import { SafeStore } from '../../src/store/safeStore';
import type { Store } from '../../src/store/store';
import { di, jo } from '../fakeServer';

const full = new DOMException('full', 'QuotaExceededError');
const broken = new DOMException('broken', 'UnknownError');
const message = (clientId: string) => ({ roomId: 'r', clientId, body: clientId, at: 0 });
const ids = async (store: Store) => (await store.outbox('r')).map((m) => m.clientId);
const event = { roomId: 'r', seq: 1, id: '1', type: 'message', sender: di, at: '', body: 'x' };

let opened: SafeStore[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  vi.stubGlobal('indexedDB', new IDBFactory());
  opened = [];
});

afterEach(() => {
  for (const store of opened) store.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function ticks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await vi.advanceTimersByTimeAsync(50);
    await new Promise((done) => setImmediate(done));
  }
}

async function open(): Promise<SafeStore> {
  const opening = SafeStore.open(jo.id);
  let store: SafeStore | null = null;
  opening.then((it) => {
    store = it;
    opened.push(it);
  });
  for (let i = 0; i < 100 && !store; i++) await ticks(1);
  return opening;
}

/** What another page would find on the disk. */
const onDisk = async () => ids(await open());

/** A tab that lets nobody change the database, as one that is frozen. */
function frozenTab(): Promise<IDBDatabase> {
  return new Promise((done) => {
    const request = indexedDB.open(`chat-${jo.id}`);
    request.onsuccess = () => done(request.result);
  });
}

test('trouble is said until everything is on the disk, and a read that works does not end it', async () => {
  const store = await open();
  const add = vi.spyOn(IndexedStore.prototype, 'add').mockRejectedValue(broken);
  await store.add(message('a'));
  await store.rooms();
  await store.outbox();
  await store.apply(jo.id, { events: [event], rooms: [], gone: [] });
  await ticks(1);
  expect(store.error.value).toBe('broken');
  add.mockRestore();
  await ticks(100);
  expect(store.error.value).toBeNull();
  expect(await onDisk()).toEqual(['a']);
});

test('a message that is being stored does not hide what another tab has written before it', async () => {
  const [one, other] = [await open(), await open()];
  await other.add(message('first'));
  const adding = one.add(message('second'));
  expect(await ids(one)).toEqual(['first', 'second']);
  await adding;
});

test('what the disk refused comes before what was written after it, in view and on the disk', async () => {
  const store = await open();
  await store.add(message('a'));
  const add = vi.spyOn(IndexedStore.prototype, 'add').mockRejectedValueOnce(broken);
  await store.add(message('b'));
  await store.add(message('c'));
  expect(await ids(store)).toEqual(['a', 'b', 'c']);
  add.mockRestore();
  await ticks(100);
  expect(await onDisk()).toEqual(['a', 'b', 'c']);
});

test('a removal and a refusal that the disk does not take are not sent again, and made up for later', async () => {
  const store = await open();
  await store.add(message('sent'));
  await store.add(message('bad'));
  const take = vi.spyOn(IndexedStore.prototype, 'take').mockRejectedValue(broken);
  const refuse = vi.spyOn(IndexedStore.prototype, 'refuse').mockRejectedValue(broken);
  const outbox = new Outbox(store, () => {});
  let calls = 0;
  const send = async (_: string, messages: readonly { clientId: string }[]) => {
    calls++;
    if (calls > 20) sender.stop();
    return messages.map(({ clientId }) =>
      clientId === 'sent' ? { clientId, seq: 1 } : { clientId, error: { code: 'forbidden', message: '' } },
    );
  };
  const sender = new OutboxSender(jo.id, store, send, inThisTab(), {
    acknowledged: (results) => outbox.acknowledged(results, () => true),
    refused: () => void outbox.load(),
    note: () => {},
  });
  sender.kick('r');
  await ticks(20);
  expect(calls).toBe(1);
  await outbox.load();
  expect(outbox.entries()).toMatchObject([{ clientId: 'bad', state: 'failed' }]);
  take.mockRestore();
  refuse.mockRestore();
  await ticks(200);
  const rows = await (await open()).outbox();
  expect(rows).toMatchObject([{ clientId: 'bad', error: { code: 'forbidden' } }]);
});

test('a database that is lost stays in view, is opened again and gets what it missed', async () => {
  const opening = vi.spyOn(indexedDB, 'open');
  const store = await open();
  await store.add(message('a'));
  await store.outbox();
  const request = opening.mock.results[0]?.value as IDBOpenDBRequest;
  forceCloseDatabase(request.result as never);
  await ticks(1);
  expect(store.error.value).toBe('terminated');
  expect(await ids(store)).toEqual(['a']);
  await store.add(message('b'));
  await ticks(100);
  expect(store.error.value).toBeNull();
  expect(await onDisk()).toEqual(['a', 'b']);
});

test('a database that opens late is taken, with what was written meanwhile', async () => {
  (await open()).close();
  const frozen = await frozenTab();
  // It waits for the frozen tab, and whoever opens the database waits behind it.
  indexedDB.deleteDatabase(`chat-${jo.id}`);
  const store = await open();
  expect(store.error.value).toBe('The database does not answer.');
  await store.add(message('new'));
  expect(await ids(store)).toEqual(['new']);
  frozen.close();
  await ticks(20);
  expect(store.error.value).toBeNull();
  expect(await onDisk()).toEqual(['new']);
});

test('a write that hangs is waited for 5 s, said, and counts all the same', async () => {
  const store = await open();
  vi.spyOn(IndexedStore.prototype, 'add').mockReturnValue(new Promise(() => {}));
  let added = false;
  void store.add(message('a')).then(() => {
    added = true;
  });
  await ticks(90);
  expect(added).toBe(false);
  await ticks(15);
  expect([added, store.error.value === null, await ids(store)]).toEqual([true, false, ['a']]);
});

test('a full disk gives up the events for a message, and nothing else', async () => {
  const store = await open();
  await store.apply(jo.id, { events: [event], rooms: [], gone: [] });
  await store.setDraft('other', 'half');
  vi.spyOn(IndexedStore.prototype, 'add').mockRejectedValueOnce(full);
  await store.add(message('a'));
  expect(store.error.value).toBeNull();
  expect(await onDisk()).toEqual(['a']);
  expect(await store.page('r', { after: 0, limit: 1 })).toEqual([]);
  expect(await store.drafts()).toEqual([{ roomId: 'other', text: 'half' }]);
  await store.apply(jo.id, { events: [event], rooms: [], gone: [] });
  expect(await store.page('r', { after: 0, limit: 1 })).toEqual([event]);
});

test('signing out does not wait for a frozen tab, and leaves nothing to read', async () => {
  const store = await open();
  await store.add(message('a'));
  await store.setDraft('r', 'half');
  const frozen = await frozenTab();
  let gone = false;
  void store.destroy().then(() => {
    gone = true;
  });
  await ticks(45);
  expect(gone).toBe(true);
  const count = (name: string) =>
    new Promise((done) => {
      const request = frozen.transaction(name).objectStore(name).count();
      request.onsuccess = () => done(request.result);
    });
  expect([await count('outbox'), await count('drafts')]).toEqual([0, 0]);
  frozen.close();
});

test('the message takes the draft with it, and the same message again takes nothing', async () => {
  const store = await open();
  await store.setDraft('r', 'a');
  await store.setDraft('other', 'half');
  await store.add(message('a'), 'a');
  expect(await store.drafts()).toEqual([{ roomId: 'other', text: 'half' }]);
  await store.setDraft('r', 'next');
  await store.add(message('a'));
  expect([await ids(store), (await store.drafts()).length]).toEqual([['a'], 2]);
});

test('storing the messages of others does not hold up the outbox', async () => {
  const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
  const touched = () => transaction.mock.calls.flatMap(([names]) => [...names]);
  const store = await open();
  await store.apply(jo.id, { events: [event], rooms: [], gone: [] });
  expect(touched()).not.toContain('outbox');
  await store.apply(jo.id, { events: [{ ...event, seq: 2, sender: jo, clientId: 'a' }], rooms: [], gone: [] });
  expect(touched()).toContain('outbox');
});
