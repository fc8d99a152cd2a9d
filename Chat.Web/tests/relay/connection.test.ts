import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RoomFeed } from '../../src/chat/feed';
import { Connection } from '../../src/relay/connection';
import { forcedTransport, rememberedTransport } from '../../src/relay/memory';
import { Refusal } from '../../src/wire/refusal';
import { FakeServer, jo } from '../fakeServer';

let server: FakeServer;
let connection: Connection;

beforeEach(() => {
  vi.useFakeTimers();
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (k: string) => kept.get(k) ?? null,
    setItem: (k: string, v: string) => kept.set(k, v),
    removeItem: (k: string) => kept.delete(k),
  });
  server = new FakeServer();
  server.addRoom('r');
});

afterEach(() => {
  connection.stop();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function start(): Connection {
  const nothing = () => {};
  const feed = new RoomFeed(jo, new Map(), {
    synced: nothing,
    event: nothing,
    skipped: nothing,
    roomUpdated: nothing,
    roomRemoved: nothing,
    readMarker: nothing,
    typing: nothing,
    presenceChanged: nothing,
    invited: nothing,
  });
  connection = new Connection(server.connect(jo), feed);
  connection.start();
  return connection;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const status = () => connection.status.value;

test('connects over the best transport, and says so', async () => {
  start();
  expect(status()).toMatchObject({ state: 'connecting', reason: { code: 'starting' } });
  await pass(0);
  expect(status()).toMatchObject({ state: 'connected', transport: 'webSockets', reason: { code: 'connected' } });
  expect(status().roundTrip).not.toBeNull();
});

test('a transport that swallows everything gives way after 3 s, is remembered as bad, and is used again when it works', async () => {
  server.faults.mute = (kind) => kind === 'webSockets';
  start();
  await pass(2_990);
  expect(status().state).toBe('connecting');
  await pass(20);
  expect(status()).toMatchObject({
    state: 'connected',
    transport: 'serverSentEvents',
    reason: { code: 'fell_back', from: 'webSockets' },
  });
  expect(rememberedTransport.read()).toBe('serverSentEvents');
  server.faults.mute = () => false;
  await tickingFor(70_000);
  expect(status()).toMatchObject({
    state: 'connected',
    transport: 'webSockets',
    reason: { code: 'moved_up', transport: 'webSockets' },
  });
  expect(rememberedTransport.read()).toBeNull();
});

test('a probe that fails leaves the connection alone', async () => {
  server.faults.mute = (kind) => kind === 'webSockets';
  start();
  await pass(3_010);
  const { session } = connection;
  await tickingFor(150_000);
  expect(connection.session).toBe(session);
});

test('a server that is away says nothing about transports, and is found again', async () => {
  start();
  await pass(0);
  server.faults.unreachable = () => true;
  server.breakAll();
  await pass(60_000);
  expect(status()).toMatchObject({ state: 'connecting', transport: 'webSockets', reason: { code: 'unreachable' } });
  expect(status().attempt).toBeGreaterThan(2);
  server.faults.unreachable = () => false;
  connection.tryNow();
  await pass(10);
  expect(status()).toMatchObject({
    state: 'connected',
    transport: 'webSockets',
    reason: { code: 'asked' },
    attempt: 0,
  });
});

test('a refusal for good is said, and is final until the person asks', async () => {
  server.faults.refused = () => new Refusal('unauthenticated', 'HTTP 401');
  start();
  await pass(600_000);
  expect(status()).toMatchObject({
    state: 'failed',
    reason: { code: 'refused', error: 'unauthenticated' },
    attempt: 1,
  });
  await expect(connection.call('History', ['r', {}])).rejects.toMatchObject({ code: 'unauthenticated' });
  server.faults.refused = () => null;
  connection.tryNow();
  await pass(10);
  expect(status().state).toBe('connected');
});

test("a server that says 'not now' is asked again", async () => {
  server.faults.refused = () => new Refusal('unavailable', 'HTTP 503');
  start();
  await pass(1_000);
  expect(status()).toMatchObject({ state: 'connecting', reason: { code: 'unreachable' } });
});

test('a forced transport is used at once, kept, and never left', async () => {
  start();
  await pass(0);
  connection.force('longPolling');
  await pass(0);
  expect(status()).toMatchObject({ state: 'connected', transport: 'longPolling', reason: { code: 'forced' } });
  expect(forcedTransport.read()).toBe('longPolling');
  server.faults.mute = (kind) => kind === 'longPolling';
  server.breakAll();
  await pass(60_000);
  expect(status()).toMatchObject({ state: 'connecting', transport: 'longPolling', reason: { code: 'no_answer' } });
  connection.force(null);
  await pass(20);
  expect(status()).toMatchObject({ state: 'connected', transport: 'webSockets', reason: { code: 'automatic' } });
});

test('a slow link gets more patience after three timeouts', async () => {
  server.faults.slow = () => 4_000;
  forcedTransport.write('webSockets');
  start();
  await pass(3_000 * 3);
  expect(status().state).toBe('connecting');
  await pass(60_000);
  expect(status().state).toBe('connected');
});

test('after waking a connection that does not answer within 3 s is replaced at once', async () => {
  start();
  await pass(0);
  const { session } = connection;
  server.faults.swallow = () => true;
  connection.woke();
  await pass(2_990);
  expect(connection.session).toBe(session);
  server.faults.swallow = () => false;
  await pass(20);
  expect(connection.session).not.toBe(session);
  expect(status()).toMatchObject({ state: 'connected', transport: 'webSockets', reason: { code: 'woke' } });
});

test('after waking a connection that answers is kept, and has caught up', async () => {
  start();
  await pass(0);
  const { session } = connection;
  connection.woke();
  await pass(5_000);
  expect(connection.session).toBe(session);
  expect(server.calls).toEqual(['Sync', 'Sync']);
});

test('waking ends a wait between two tries', async () => {
  server.faults.unreachable = () => true;
  start();
  await pass(60_000);
  server.faults.unreachable = () => false;
  connection.woke();
  await pass(10);
  expect(status().state).toBe('connected');
});

test.each(['woke', 'tryNow'] as const)(
  '%s does not wait for a try that hangs, but leaves one that has just begun',
  async (how) => {
    let answers = false;
    server.faults.mute = () => !answers;
    start();
    await pass(2_000);
    answers = true;
    connection[how]();
    await pass(0);
    expect(status()).toMatchObject({ state: 'connected', transport: 'webSockets' });
    server.faults.slow = () => 1_200;
    server.breakAll();
    await pass(1_000);
    server.faults.slow = () => 60_000;
    connection[how]();
    await pass(1_000);
    expect(status().state).toBe('connected');
  },
);

test('after waking the network is judged anew', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  forcedTransport.write('webSockets');
  server.faults.mute = () => true;
  start();
  await pass(3 * 3_000 + 6_000 + 2_000);
  expect(status().reason).toMatchObject({ code: 'no_answer', seconds: 6 });
  connection.woke();
  await pass(3_010);
  expect(status().reason).toMatchObject({ code: 'no_answer', seconds: 3 });
});

test('a call is made again on the next connection, but not one that must not be repeated', async () => {
  start();
  await pass(0);
  let broken = 0;
  server.faults.breakCall = (method) => (method === 'History' && broken++ === 0 ? 'after' : null);
  const page = connection.call('History', ['r', {}]);
  await pass(5_000);
  expect(await page).toMatchObject({ head: 2 });
  broken = 0;
  const once = connection.call('History', ['r', {}], { repeatable: false }).catch((e) => e);
  await pass(5_000);
  expect(await once).toMatchObject({ code: 'unavailable' });
});

test('a call without a connection fails after 10 s', async () => {
  server.faults.unreachable = () => true;
  start();
  const call = connection.call('History', ['r', {}]).catch((e) => e);
  await pass(10_001);
  expect(await call).toMatchObject({ code: 'unavailable' });
});

async function tickingFor(ms: number): Promise<void> {
  for (let t = 0; t < ms; t += 10_000) {
    server.checkpoint();
    await pass(10_000);
  }
}

test('leaving a room whose answer was lost is done when the room is gone', async () => {
  start();
  await pass(0);
  let calls = 0;
  server.faults.breakCall = (method) => (method === 'Leave' && calls++ === 0 ? 'before' : null);
  server.faults.refuse = (method) => (method === 'Leave' ? new Refusal('not_found', 'no such room') : null);
  const left = connection.call('Leave', ['r'], { goneIsDone: true });
  await pass(5_000);
  expect(await left).toBeUndefined();
  await expect(connection.call('Leave', ['r'], { goneIsDone: true })).rejects.toMatchObject({ code: 'not_found' });
});
