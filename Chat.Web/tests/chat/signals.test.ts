import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Arrivals } from '../../src/chat/arrivals';
import { newClientId } from '../../src/chat/clientIds';
import { Drafts } from '../../src/chat/drafts';
import { Presences } from '../../src/chat/presences';
import { Reads } from '../../src/chat/reads';
import { Typing } from '../../src/chat/typing';
import { MemoryStore } from '../../src/store/memoryStore';
import type { ChatEvent, Room } from '../../src/wire/contract';
import { Refusal } from '../../src/wire/refusal';
import { di, jo } from '../fakeServer';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('client ids are 32 hex digits, never meet, and ascend with the time', () => {
  const ids = Array.from({ length: 1_000 }, (_, i) => newClientId(1_700_000_000_000 + i));
  expect(new Set(ids).size).toBe(1_000);
  expect(ids).toEqual(ids.toSorted());
  expect(ids.every((id) => /^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/.test(id))).toBe(true);
  expect(Number.parseInt(ids[0]?.slice(0, 12) ?? '', 16)).toBe(1_700_000_000_000);
});

test('typing ends after 6 s, or when the message comes; I say it every 3 s', () => {
  const typing = new Typing();
  typing.heard('r', di);
  vi.advanceTimersByTime(5_000);
  typing.heard('r', di);
  vi.advanceTimersByTime(5_000);
  expect(typing.of('r').value).toEqual([di]);
  vi.advanceTimersByTime(1_001);
  expect(typing.of('r').value).toEqual([]);
  typing.heard('r', di);
  typing.stopped('r', di.id);
  expect(typing.of('r').value).toEqual([]);
  expect([typing.mayTell('r'), typing.mayTell('r')]).toEqual([true, false]);
  vi.advanceTimersByTime(3_001);
  expect(typing.mayTell('r')).toBe(true);
});

test('a draft is stored a moment after the last key, and told to other tabs once', async () => {
  const store = new MemoryStore();
  const told: string[] = [];
  const drafts = new Drafts(
    store,
    [{ roomId: 'old', text: 'kept' }],
    (_, text) => told.push(text),
    () => {},
  );
  expect(drafts.of('old').value).toBe('kept');
  drafts.of('r').value = 'h';
  vi.advanceTimersByTime(200);
  drafts.of('r').value = 'ha';
  vi.advanceTimersByTime(200);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(told).toEqual(['ha']);
  expect(await store.drafts()).toEqual([{ roomId: 'r', text: 'ha' }]);
  drafts.of('r').value = 'hal';
  drafts.flush();
  expect(told).toEqual(['ha', 'hal']);
});

test('a draft from another tab is shown, and not told back', () => {
  const told: string[] = [];
  const changed: string[] = [];
  const drafts = new Drafts(
    new MemoryStore(),
    [],
    (_, text) => told.push(text),
    (id) => changed.push(id),
  );
  drafts.heard('r', 'there');
  expect(drafts.has('r')).toBe(true);
  expect(drafts.of('r').value).toBe('there');
  drafts.heard('r', '');
  vi.advanceTimersByTime(1_000);
  expect([drafts.of('r').value, drafts.has('r'), told]).toEqual(['', false, []]);
  expect(changed.length).toBeGreaterThan(0);
});

test('only the newest read marker of a room is sent, and again after a lost connection', async () => {
  const sent: number[] = [];
  let connected = false;
  let lost = true;
  const reads = new Reads((_, seq) => {
    if (!connected) return null;
    sent.push(seq);
    return lost ? Promise.reject(new Error('lost')) : Promise.resolve();
  });
  for (const seq of [3, 5, 4]) reads.mark('r', seq);
  connected = true;
  await reads.flush();
  lost = false;
  await reads.flush();
  await reads.flush();
  expect(sent).toEqual([5, 5]);
});

test('a read marker that the server has or refuses is not sent again', async () => {
  const sent: string[] = [];
  let connected = false;
  const reads = new Reads((id) => {
    if (!connected) return null;
    sent.push(id);
    return id === 'gone' ? Promise.reject(new Refusal('not_found', '')) : Promise.resolve();
  });
  reads.mark('known', 5);
  reads.known('known', 5);
  reads.mark('gone', 1);
  reads.mark('r', 1);
  connected = true;
  await reads.flush();
  await reads.flush();
  expect(sent).toEqual(['gone', 'r']);
});

const answer = (head: number) => ({ user: jo, rooms: [{ id: 'r', head } as Room] });
const message = (seq: number): ChatEvent => ({ roomId: 'r', seq, id: `${seq}`, type: 'message', sender: di, at: '' });

test('live messages are news, each; what was missed before the page began is none', () => {
  const news: number[] = [];
  const arrivals = new Arrivals((e) => news.push(e.seq));
  arrivals.synced(answer(3), () => 1);
  for (const seq of [2, 3, 4, 5]) arrivals.came(message(seq), seq !== 5);
  expect(news).toEqual([4]);
});

test('of what was missed during a lost connection only the newest is news', () => {
  const news: number[] = [];
  const arrivals = new Arrivals((e) => news.push(e.seq));
  arrivals.synced(answer(1), () => 1);
  arrivals.synced(answer(5), () => 1);
  for (const seq of [2, 3, 4]) arrivals.came(message(seq), true);
  expect(news).toEqual([]);
  arrivals.came(message(5), false);
  expect(news).toEqual([4]);
  arrivals.came(message(6), true);
  expect(news).toEqual([4, 6]);
});

test('a skip ends the catching up', () => {
  const news: number[] = [];
  const arrivals = new Arrivals((e) => news.push(e.seq));
  arrivals.synced(answer(1), () => 1);
  arrivals.synced(answer(50), () => 1);
  arrivals.passed('r', 50);
  arrivals.came(message(51), true);
  expect(news).toEqual([51]);
});

test('after a Sync whoever is not named again within 3 s is not there, and nobody flickers', () => {
  const presences = new Presences(() => true);
  presences.heard([
    { userId: 'a', state: 'online' },
    { userId: 'b', state: 'away' },
  ]);
  presences.synced();
  expect([...presences.states.value.keys()]).toEqual(['a', 'b']);
  presences.heard([{ userId: 'a', state: 'away' }]);
  vi.advanceTimersByTime(3_001);
  expect([...presences.states.value]).toEqual([['a', 'away']]);
});

test('a connection that breaks before it has named anybody takes nobody away', () => {
  let connected = true;
  const presences = new Presences(() => connected);
  presences.heard([{ userId: 'a', state: 'online' }]);
  presences.synced();
  connected = false;
  vi.advanceTimersByTime(3_001);
  expect([...presences.states.value.keys()]).toEqual(['a']);
  connected = true;
  presences.synced();
  vi.advanceTimersByTime(3_001);
  expect([...presences.states.value.keys()]).toEqual([]);
});
