import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { inThisTab } from '../../src/chat/locks';
import type { Chat } from '../../src/chat/model';
import { RelayChat } from '../../src/chat/relayChat';
import { SafeStore } from '../../src/store/safeStore';
import type { User } from '../../src/wire/contract';
import { FakeServer, jo } from '../fakeServer';

export let server: FakeServer;
let open: RelayChat[];
let locks = inThisTab();

/** For each test a browser that knows nothing, and a server with a room `r`; time goes by `ticks`. */
export function anew(): void {
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
}

/** A tab of that browser. */
export async function page(user: User = jo): Promise<Chat> {
  const store = await SafeStore.open(user.id);
  const chat = await RelayChat.open(user, { store, exclusive: locks, open: server.connect(user) });
  open.push(chat);
  return chat;
}

/** The page goes away, and nobody answers any more. */
export function leave(chat: Chat): void {
  server.breakAll();
  server.faults.unreachable = () => true;
  chat.stop();
}

export async function ticks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await vi.advanceTimersByTimeAsync(50);
    await new Promise((done) => setImmediate(done));
  }
}

export async function until(what: () => unknown): Promise<void> {
  for (let i = 0; i < 400 && !what(); i++) await ticks(1);
  expect(what()).toBeTruthy();
}

/** The texts of the timeline, with the state of those that are not sent. */
export const shown = (chat: Chat, roomId = 'r') =>
  chat.timeline(roomId).items.value.flatMap((i) => {
    if (i.kind === 'message') return [i.message.body];
    return i.kind === 'outbox' ? [`${i.entry.state} ${i.entry.body}`] : [];
  });
export const entry = (chat: Chat, roomId = 'r') => chat.room(roomId).value;
