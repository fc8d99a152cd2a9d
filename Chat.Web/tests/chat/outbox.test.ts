import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { inThisTab } from '../../src/chat/locks';
import { Outbox } from '../../src/chat/outbox';
import { OutboxSender, type SendBatch } from '../../src/chat/sender';
import { SessionLost } from '../../src/relay/session';
import { IndexedStore } from '../../src/store/indexedStore';
import { MemoryStore } from '../../src/store/memoryStore';
import { openDatabase } from '../../src/store/schema';
import type { Store } from '../../src/store/store';
import type { SendResult } from '../../src/wire/contract';
import { Refusal } from '../../src/wire/refusal';
import { di, FakeServer, jo } from '../fakeServer';

afterEach(() => void vi.useRealTimers());

const turn = () => new Promise((done) => setImmediate(done));

/** Only what the code waits with is fake; the database has its own turns. */
const fakeWaits = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });

async function passing(until: () => boolean, most = 3_000): Promise<void> {
  for (let i = 0; i < most && !until(); i++) {
    await vi.advanceTimersByTimeAsync(100);
    await turn();
  }
  expect(until()).toBe(true);
}

let databases = 0;

/** One tab of Jo's: an outbox and a sender on a store that it may share. */
function tab(store: Store, send: SendBatch, exclusive = inThisTab()) {
  const outbox = new Outbox(store, () => {});
  const sender = new OutboxSender(jo.id, store, send, exclusive, {
    acknowledged: (results) => outbox.acknowledged(results, () => true),
    refused: () => void outbox.load(),
    note: (ids, error) => outbox.note(ids, error),
  });
  const write = async (roomId: string, body: string) => {
    await outbox.add({ roomId, body });
    sender.kick(roomId);
  };
  return { outbox, sender, write };
}

const said = (server: FakeServer, roomId: string) =>
  server.log(roomId).flatMap((e) => (e.type === 'message' ? (e.body ?? '') : []));

type Luck = 'ok' | 'before' | 'after' | 'limited' | 'offline';

/** Sending that goes wrong as told; what is told is used up, then all goes well. */
function unlucky(server: FakeServer, luck: Luck[]): SendBatch {
  return (roomId, messages) => {
    const what = luck.shift() ?? 'ok';
    if (what === 'offline') return null;
    return (async () => {
      await turn();
      if (what === 'before') throw new SessionLost('lost');
      if (what === 'limited') throw new Refusal('rate_limited', 'slowly');
      const results = server.answer(jo, 'Send', [roomId, messages]) as SendResult[];
      await turn();
      if (what === 'after') throw new SessionLost('lost');
      return results;
    })();
  };
}

test('two tabs on one outbox, whatever is lost: each message once, in the order of writing', async () => {
  fakeWaits();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.boolean(), fc.constantFrom('a', 'b')), { minLength: 1, maxLength: 25 }),
      fc.array(fc.constantFrom<Luck>('ok', 'before', 'after', 'limited', 'offline'), { maxLength: 12 }),
      fc.array(fc.constantFrom<Luck>('ok', 'before', 'after', 'limited', 'offline'), { maxLength: 12 }),
      async (writes, luck1, luck2) => {
        const server = new FakeServer();
        server.addRoom('a');
        server.addRoom('b');
        const db = await openDatabase(`outbox-${databases++}`, () => {});
        const store = new IndexedStore(db, 'x');
        const locks = inThisTab();
        const tabs = [tab(store, unlucky(server, luck1), locks), tab(store, unlucky(server, luck2), locks)] as const;
        const written: Record<string, string[]> = { a: [], b: [] };
        for (const [i, [second, roomId]] of writes.entries()) {
          await tabs[second ? 1 : 0].write(roomId, `m${i}`);
          written[roomId]?.push(`m${i}`);
        }
        let left = 1;
        await passing(() => {
          for (const { sender } of tabs) for (const roomId of ['a', 'b']) sender.kick(roomId);
          void store.outbox().then((all) => {
            left = all.length;
          });
          return left === 0;
        });
        expect(said(server, 'a')).toEqual(written.a);
        expect(said(server, 'b')).toEqual(written.b);
        for (const { sender } of tabs) sender.stop();
        db.close();
      },
    ),
    { numRuns: 40 },
  );
});

test('a message that is refused waits with its reason, and does not hold up the others', async () => {
  fakeWaits();
  const server = new FakeServer();
  server.addRoom('r');
  const store = new MemoryStore();
  const send: SendBatch = async (_, messages) => {
    if (messages.some((m) => m.body === 'bad')) throw new Refusal('invalid', 'body: no');
    return server.answer(jo, 'Send', ['r', messages]) as SendResult[];
  };
  const { outbox, write } = tab(store, send);
  await Promise.all(['one', 'bad', 'two'].map((body) => write('r', body)));
  await passing(() => outbox.entries().length === 1);
  expect(said(server, 'r')).toEqual(['one', 'two']);
  expect(outbox.entries()).toMatchObject([
    { body: 'bad', state: 'failed', error: { code: 'invalid', message: 'body: no' } },
  ]);
  expect(await store.outbox()).toMatchObject([{ body: 'bad', error: { code: 'invalid' } }]);
});

test('a retried message goes to the end, under a new name only if its own is taken', async () => {
  const store = new MemoryStore();
  const { outbox } = tab(store, () => null);
  for (const body of ['a', 'b', 'c']) await outbox.add({ roomId: 'r', body });
  const [a, b] = outbox.entries().map((e) => e.clientId) as [string, string];
  await store.refuse(a, { code: 'forbidden', message: '' });
  await store.refuse(b, { code: 'key_reused', message: '' });
  await outbox.load();
  await outbox.retry(a);
  await outbox.retry(b);
  expect(outbox.entries().map((e) => [e.body, e.state])).toEqual([
    ['c', 'pending'],
    ['a', 'pending'],
    ['b', 'pending'],
  ]);
  expect(outbox.entries()[1]?.clientId).toBe(a);
  expect(outbox.entries()[2]?.clientId).not.toBe(b);
});

test('a batch has at most 100 messages and 48 KB', async () => {
  fakeWaits();
  const server = new FakeServer();
  server.addRoom('r');
  const sizes: [number, number][] = [];
  const { outbox, sender } = tab(new MemoryStore(), async (_, messages) => {
    sizes.push([messages.length, JSON.stringify(messages).length]);
    return server.answer(jo, 'Send', ['r', messages]) as SendResult[];
  });
  const bodies = [...Array.from({ length: 250 }, (_, i) => `${i}`), ...Array(5).fill('x'.repeat(16_384))];
  for (const body of bodies) await outbox.add({ roomId: 'r', body });
  sender.kick('r');
  await passing(() => outbox.entries().length === 0);
  expect(sizes.every(([count, bytes]) => count <= 100 && bytes <= 49_200)).toBe(true);
  expect(sizes.length).toBe(5);
  expect(said(server, 'r')).toEqual(bodies);
});

test('a line that is too slow for many messages gets fewer at once, across connections, until nothing waits', async () => {
  fakeWaits();
  const server = new FakeServer();
  server.addRoom('r');
  const sizes: number[] = [];
  let connected = true;
  // 400 ms a message, and after 10 s the call is given up and the connection with it.
  const { outbox, sender } = tab(new MemoryStore(), (_, messages) => {
    if (!connected) return null;
    sizes.push(messages.length);
    return (async () => {
      await new Promise((done) => setTimeout(done, Math.min(10_000, messages.length * 400)));
      if (messages.length <= 25) return server.answer(jo, 'Send', ['r', messages]) as SendResult[];
      connected = false;
      throw new SessionLost('silent');
    })();
  });
  for (let i = 0; i < 100; i++) await outbox.add({ roomId: 'r', body: `${i}` });
  await passing(() => {
    connected = true;
    sender.kick('r');
    return outbox.entries().length === 0;
  });
  expect(sizes).toEqual([100, 50, 25, 25, 25, 25]);
  expect(said(server, 'r').length).toBe(100);
  await turn();
  for (let i = 0; i < 30; i++) await outbox.add({ roomId: 'r', body: 'more' });
  sender.kick('r');
  await passing(() => sizes.length > 6);
  expect(sizes[6]).toBe(30);
  sender.stop();
});

test('what could never be sent is refused at once', async () => {
  const { outbox } = tab(new MemoryStore(), () => null);
  const add = (body: string) => outbox.add({ roomId: 'r', body }).catch((e: Refusal) => e.code);
  expect(await add('  \n ')).toBe('invalid');
  expect(await add('ü'.repeat(8_193))).toBe('too_large');
  expect(await add('\u0001'.repeat(12_000))).toBe('too_large');
  expect(await add(`${'ü'.repeat(8_192)}  `)).toBeUndefined();
});

test('why a message waits is said', async () => {
  fakeWaits();
  const { outbox, write } = tab(new MemoryStore(), async () => {
    throw new Refusal('rate_limited', 'slowly');
  });
  await write('r', 'x');
  await passing(() => outbox.entries()[0]?.error !== undefined);
  expect(outbox.entries()).toMatchObject([{ state: 'pending', error: { code: 'rate_limited' } }]);
});

test('what I send is shown before the store has it, through all reads meanwhile, and no more if the store will not take it', async () => {
  const store = new MemoryStore();
  const { outbox } = tab(store, () => null);
  let stored = () => {};
  vi.spyOn(store, 'add').mockReturnValueOnce(new Promise((done) => (stored = done)));
  const adding = outbox.add({ roomId: 'r', body: 'x' });
  expect(outbox.entries()).toMatchObject([{ body: 'x', state: 'pending' }]);
  await outbox.load();
  expect(outbox.entries().length).toBe(1);
  stored();
  await adding;
  vi.spyOn(store, 'add').mockRejectedValueOnce(new Error('no'));
  const refused = outbox.add({ roomId: 'r', body: 'y' });
  expect(outbox.entries().map((e) => e.body)).toContain('y');
  await expect(refused).rejects.toThrow('no');
  expect(outbox.entries().map((e) => e.body)).not.toContain('y');
});

test('an acknowledged message is shown as sent until its event comes', async () => {
  const store = new MemoryStore();
  const { outbox } = tab(store, () => null);
  await outbox.add({ roomId: 'r', body: 'x' });
  const clientId = outbox.entries()[0]?.clientId ?? '';
  await store.take([clientId]);
  outbox.acknowledged([{ clientId, seq: 3 }], () => false);
  expect(outbox.entries()).toMatchObject([{ clientId, state: 'sent', seq: 3 }]);
  outbox.passed('r', 2);
  expect(outbox.entries().length).toBe(1);
  outbox.arrived(clientId);
  expect(outbox.entries()).toEqual([]);
});

test('a store read that began before the acknowledgement does not bring the message back', async () => {
  const store = new MemoryStore();
  const { outbox } = tab(store, () => null);
  await outbox.add({ roomId: 'r', body: 'x' });
  const clientId = outbox.entries()[0]?.clientId ?? '';
  const loading = outbox.load();
  outbox.arrived(clientId);
  await loading;
  expect(outbox.entries()).toEqual([]);
});

test('work under one name waits for its turn, even after work that fails', async () => {
  const exclusive = inThisTab();
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await turn();
    order.push(`${name} ends`);
    if (name === 'a') throw new Error('a');
  };
  await Promise.allSettled([exclusive('x', work('a')), exclusive('x', work('b'))]);
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test('others’ messages with my client id do not count as mine', async () => {
  const store = new MemoryStore();
  const { outbox } = tab(store, () => null);
  await outbox.add({ roomId: 'r', body: 'x' });
  const clientId = outbox.entries()[0]?.clientId ?? '';
  const event = { roomId: 'r', seq: 1, id: '1', type: 'message', at: '', clientId };
  await store.apply(jo.id, { events: [{ ...event, sender: di }] });
  expect((await store.outbox()).length).toBe(1);
  await store.apply(jo.id, { events: [{ ...event, sender: jo }] });
  expect(await store.outbox()).toEqual([]);
});
