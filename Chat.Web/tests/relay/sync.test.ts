import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FeedListener, RoomFeed } from '../../src/chat/feed';
import { Session } from '../../src/relay/session';
import { SessionSync } from '../../src/relay/sync';
import type { ChatEvent } from '../../src/wire/contract';
import { Refusal } from '../../src/wire/refusal';
import { di, FakeServer, jo } from '../fakeServer';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function listening(server: FakeServer, start = new Map([['r', 0]])) {
  const restored: string[] = [];
  const events: ChatEvent[] = [];
  const skipped: string[] = [];
  const nothing = () => {};
  const listener: FeedListener = {
    synced: (_, __, ids) => restored.push(...ids),
    event: (e) => events.push(e),
    skipped: (_, from, to) => skipped.push(`${from}-${to}`),
    roomUpdated: nothing,
    roomRemoved: nothing,
    readMarker: nothing,
    typing: nothing,
    presenceChanged: nothing,
    invited: nothing,
  };
  const feed = new RoomFeed(jo, start, listener);
  const connect = async () => {
    const session = new Session('webSockets', server.connect(jo)('webSockets'));
    const sync = new SessionSync(session, feed);
    await session.start();
    await sync.start();
    return { session, sync };
  };
  return { events, skipped, restored, feed, connect, numbers: () => events.map((e) => e.seq) };
}

test('whatever is dropped, repeated or broken off, each event comes once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 }),
      fc.array(fc.constantFrom('say', 'checkpoint', 'wait', 'break'), { minLength: 1, maxLength: 40 }),
      async (luck, steps) => {
        const server = new FakeServer();
        server.addRoom('r');
        let n = 0;
        const next = () => luck[n++ % luck.length] ?? 0;
        server.faults.dropEvent = () => next() > 7;
        server.faults.repeatEvent = () => next() < 2;
        const { numbers, connect } = listening(server);
        let { session } = await connect();
        for (const step of steps) {
          if (step === 'say') server.say('r', di, 'x');
          else if (step === 'checkpoint') server.checkpoint();
          else if (step === 'wait') await vi.advanceTimersByTimeAsync(200);
          else {
            server.breakAll();
            await session.ended;
            ({ session } = await connect());
          }
          expect(numbers()).toEqual(
            server
              .log('r')
              .slice(0, numbers().length)
              .map((e) => e.seq),
          );
        }
        server.faults.dropEvent = () => false;
        server.say('r', di, 'last');
        server.checkpoint();
        await vi.advanceTimersByTimeAsync(20_000);
        expect(numbers()).toEqual(server.log('r').map((e) => e.seq));
        await session.close();
      },
    ),
    { numRuns: 60 },
  );
});

test('a checkpoint that counts more than came asks again, one that counts the same does not', async () => {
  const server = new FakeServer();
  server.addRoom('r');
  const { numbers, connect } = listening(server);
  const { session } = await connect();
  server.checkpoint();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(server.calls).toEqual(['Sync']);
  server.faults.dropEvent = () => true;
  server.say('r', di, 'lost');
  server.faults.dropEvent = () => false;
  server.checkpoint();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(server.calls).toEqual(['Sync', 'Sync']);
  expect(numbers()).toEqual([1, 2, 3]);
  server.faults.dropEvent = () => true;
  server.say('r', di, 'lost after the count began anew');
  server.faults.dropEvent = () => false;
  server.checkpoint();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(numbers()).toEqual([1, 2, 3, 4]);
  await session.close();
});

test('numbers that will not come by themselves are passed over, and what follows them is taken', async () => {
  const server = new FakeServer();
  server.addRoom('r');
  for (let i = 0; i < 20; i++) server.say('r', di, 'x');
  server.catchUp = 10;
  const { numbers, skipped, connect } = listening(server);
  const { session } = await connect();
  expect(skipped).toEqual(['1-20']);
  expect(numbers()).toEqual([21, 22]);
  await session.close();
});

test('without cursors every room begins at its head; a room that appears later begins with the join', async () => {
  const server = new FakeServer();
  server.addRoom('r');
  const { events, connect } = listening(server, new Map());
  const { session, sync } = await connect();
  expect(events).toEqual([]);
  server.addRoom('later');
  server.say('later', di, 'hello');
  await sync.now();
  await vi.advanceTimersByTimeAsync(6_000);
  expect(events.map((e) => [e.roomId, e.seq])).toEqual([
    ['later', 1],
    ['later', 2],
    ['later', 3],
  ]);
  await session.close();
});

test('no checkpoint for 30 s ends the session as silent', async () => {
  const server = new FakeServer();
  server.addRoom('r');
  const { connect } = listening(server);
  const { session } = await connect();
  await vi.advanceTimersByTimeAsync(25_000);
  server.checkpoint();
  await vi.advanceTimersByTimeAsync(29_000);
  expect(session.over.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await session.ended).toEqual({ loss: 'silent', reason: { code: 'silent', seconds: 30 } });
});

test('a call that is not answered for 10 s ends the session', async () => {
  const server = new FakeServer();
  server.addRoom('r');
  const { connect } = listening(server);
  const { session } = await connect();
  server.faults.swallow = () => true;
  const call = expect(session.invoke('History', 'r', {})).rejects.toThrow('lost before the answer');
  await vi.advanceTimersByTimeAsync(10_001);
  await call;
  expect((await session.ended).loss).toBe('silent');
});

test("the answer to somebody else's cookie is not taken", async () => {
  const server = new FakeServer();
  server.addRoom('r', [di]);
  const { feed } = listening(server, new Map());
  const session = new Session('webSockets', server.connect(di)('webSockets'));
  const sync = new SessionSync(session, feed);
  await session.start();
  await expect(sync.start()).rejects.toBeInstanceOf(Refusal);
  expect(feed.accepted()).toEqual({});
});

test('a head below the cursor that was asked with means a restored server; one below what came meanwhile does not', async () => {
  const server = new FakeServer();
  server.addRoom('r');
  const { feed, restored, events } = listening(server);
  const answer = (head: number) => ({ user: jo, rooms: [{ ...server.roomFor(jo, 'r'), head }] });
  feed.accepted();
  for (const e of server.log('r')) feed.accept(e);
  feed.synced(answer(1));
  expect([restored, feed.cursor('r')]).toEqual([[], 2]);
  feed.accepted();
  feed.synced(answer(1));
  expect([restored, feed.cursor('r')]).toEqual([['r'], 1]);
  const again = { ...(events[1] as ChatEvent), id: 'another' };
  expect(feed.accept(again)).toBe(true);
  expect(events.at(-1)).toBe(again);
});

test('a Sync that is refused for now is asked again, with what it should have mended', async () => {
  const server = new FakeServer();
  server.addRoom('r');
  const { numbers, connect } = listening(server);
  const { session, sync } = await connect();
  server.faults.dropEvent = () => true;
  server.say('r', di, 'lost');
  server.faults.dropEvent = () => false;
  server.faults.refuse = () => new Refusal('rate_limited', 'not now');
  await expect(sync.now()).rejects.toMatchObject({ code: 'rate_limited' });
  server.faults.refuse = () => null;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(numbers()).toEqual([1, 2, 3]);
  await session.close();
});
