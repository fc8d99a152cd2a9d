import type { IDBPObjectStore, IDBPTransaction, StoreNames } from 'idb';
import type { ChatEvent, PageRequest, WireError } from '../wire/contract';
import { addRange, countRanges, rangeAt, rangesOf, trimRanges } from './ranges';
import { type Database, deleteDatabase, type RoomRow, type Schema } from './schema';
import type { Changes, Store, StoredDraft, StoredMessage, StoredRoom } from './store';

type Writing = IDBPTransaction<Schema, ('events' | 'rooms' | 'outbox')[], 'readwrite'>;

/** So many events of a room are kept; a few more between two trimmings. */
const mostEvents = 20_000;
const slack = 1_000;
const durable = { durability: 'strict' } as const;
const ofRoom = (roomId: string, from = 0, to = Number.MAX_SAFE_INTEGER) =>
  IDBKeyRange.bound([roomId, from], [roomId, to]);

/** The store in IndexedDB. Rejects with what the database says. */
export class IndexedStore implements Store {
  constructor(
    private readonly db: Database,
    private readonly userId: string,
    private readonly most = mostEvents,
  ) {}

  async rooms(): Promise<readonly StoredRoom[]> {
    const rows = await this.db.getAll('rooms');
    return rows.flatMap(({ state, cursor, generation }) =>
      state ? [generation === undefined ? { state, cursor } : { state, cursor, generation }] : [],
    );
  }

  async apply(me: string, { events, rooms, gone, stale = [] }: Changes): Promise<void> {
    const mine = events.flatMap((e) => (e.clientId && e.type === 'message' && e.sender.id === me ? e.clientId : []));
    // Whoever sends now does not wait for others' messages to be stored.
    const tx: Writing = this.db.transaction(
      ['events', 'rooms', ...(mine.length ? ['outbox' as const] : [])],
      'readwrite',
    );
    const work = async () => {
      const states = new Map(rooms.map((r) => [r.state.room.id, r]));
      for (const roomId of gone) await forget(tx, roomId);
      for (const roomId of stale) await distrust(tx, roomId, states.has(roomId));
      for (const roomId of new Set([...events.map((e) => e.roomId), ...states.keys()]))
        await this.#room(
          tx,
          roomId,
          events.filter((e) => e.roomId === roomId),
          states.get(roomId),
        );
      if (mine.length) await takeAll(tx.objectStore('outbox'), mine);
    };
    await whole(tx, work());
  }

  /** Ranges and cursor are computed here, from what is stored, so that they never promise events that are not there. */
  async #room(tx: Writing, roomId: string, events: readonly ChatEvent[], room: StoredRoom | undefined): Promise<void> {
    const table = tx.objectStore('events');
    await Promise.all(events.map((e) => table.put(e)));
    for (const e of events) if (e.type === 'delete' && e.target) await scrub(tx, roomId, e.target);
    const old = await tx.objectStore('rooms').get(roomId);
    let ranges = rangesOf(events.map((e) => e.seq)).reduce(
      (all, [from, to]) => addRange(all, from, to),
      [...(old?.ranges ?? [])],
    );
    if (countRanges(ranges) > this.most + slack) {
      const trimmed = trimRanges(ranges, this.most);
      await table.delete(ofRoom(roomId, 0, trimmed.from - 1));
      ranges = trimmed.ranges;
    }
    // Another tab may be ahead of us.
    const behind = old && old.cursor > (room?.cursor ?? -1);
    const row: RoomRow = {
      id: roomId,
      state: (behind ? old.state : room?.state) ?? old?.state ?? null,
      cursor: Math.max(old?.cursor ?? 0, room?.cursor ?? 0),
      generation: (behind || !room ? old : room)?.generation,
      ranges,
    };
    await tx.objectStore('rooms').put(row);
  }

  async page(roomId: string, page: PageRequest & { readonly limit: number }): Promise<readonly ChatEvent[]> {
    const tx = this.db.transaction(['events', 'rooms']);
    const row = await tx.objectStore('rooms').get(roomId);
    const next = page.before === undefined ? (page.after ?? 0) + 1 : page.before - 1;
    const range = rangeAt(row?.ranges ?? [], next);
    if (!range) return [];
    const [from, to] =
      page.before === undefined
        ? [next, Math.min(range[1], next + page.limit - 1)]
        : [Math.max(range[0], next - page.limit + 1), next];
    const events = await tx.objectStore('events').getAll(ofRoom(roomId, from, to));
    return events.length === to - from + 1 ? events : [];
  }

  async changesOf(roomId: string, from: number, to: number): Promise<readonly ChatEvent[]> {
    const changes = await this.db.getAllFromIndex('events', 'target', ofRoom(roomId, from, to));
    return changes.sort((a, b) => a.seq - b.seq);
  }

  outbox(roomId?: string): Promise<readonly StoredMessage[]> {
    return roomId === undefined ? this.db.getAll('outbox') : this.db.getAllFromIndex('outbox', 'roomId', roomId);
  }

  async add(message: Omit<StoredMessage, 'order'>, draft?: string): Promise<void> {
    const tx = this.db.transaction(['outbox', 'drafts'], 'readwrite', durable);
    const outbox = tx.objectStore('outbox');
    const work = async () => {
      if (await outbox.index('clientId').getKey(message.clientId)) return;
      await outbox.add(message as StoredMessage);
      const drafts = tx.objectStore('drafts');
      if ((await drafts.get(message.roomId))?.text === draft) await drafts.delete(message.roomId);
    };
    await whole(tx, work());
  }

  async take(clientIds: readonly string[]): Promise<void> {
    const tx = this.db.transaction('outbox', 'readwrite');
    await whole(tx, takeAll(tx.store, clientIds));
  }

  async refuse(clientId: string, error: WireError): Promise<void> {
    const tx = this.db.transaction('outbox', 'readwrite', durable);
    const work = async () => {
      const found = await tx.store.index('clientId').get(clientId);
      if (found) await tx.store.put({ ...found, error });
    };
    await whole(tx, work());
  }

  async requeue(clientId: string, as: string): Promise<void> {
    const tx = this.db.transaction('outbox', 'readwrite', durable);
    const work = async () => {
      const found = await tx.store.index('clientId').get(clientId);
      if (!found) return;
      const { order, error: _, ...message } = found;
      await tx.store.delete(order);
      await tx.store.add({ ...message, clientId: as } as StoredMessage);
    };
    await whole(tx, work());
  }

  drafts(): Promise<readonly StoredDraft[]> {
    return this.db.getAll('drafts');
  }

  async setDraft(roomId: string, text: string): Promise<void> {
    if (text) await this.db.put('drafts', { roomId, text });
    else await this.db.delete('drafts', roomId);
  }

  close(): void {
    this.db.close();
  }

  /** Makes room: the server has them all. */
  async dropEvents(): Promise<void> {
    const tx = this.db.transaction(['events', 'rooms'], 'readwrite');
    const rooms = tx.objectStore('rooms');
    const work = async () => {
      await tx.objectStore('events').clear();
      for (const row of await rooms.getAll()) await rooms.put({ ...row, ranges: [] });
    };
    await whole(tx, work());
  }

  /** Empty first: a tab that does not let go can delay the deletion for ever. */
  async destroy(): Promise<void> {
    const names = ['events', 'rooms', 'outbox', 'drafts'] as const;
    const tx = this.db.transaction(names, 'readwrite', durable);
    await whole(tx, Promise.all(names.map((name) => tx.objectStore(name).clear()))).catch(() => undefined);
    this.db.close();
    await deleteDatabase(this.userId);
  }
}

/** Waits for the work and its transaction; work that fails takes everything back. */
async function whole(tx: { abort(): void; done: Promise<void> }, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (e) {
    tx.done.catch(() => undefined);
    try {
      tx.abort();
    } catch {
      // It has aborted by itself.
    }
    throw e;
  }
  await tx.done;
}

/** What I have written stays: it is nowhere else. */
async function forget(tx: Writing, roomId: string): Promise<void> {
  await tx.objectStore('events').delete(ofRoom(roomId));
  await tx.objectStore('rooms').delete(roomId);
}

/** Only the place in the log stays, unless it comes anew. */
async function distrust(tx: Writing, roomId: string, placed: boolean): Promise<void> {
  await tx.objectStore('events').delete(ofRoom(roomId));
  const rooms = tx.objectStore('rooms');
  const row = await rooms.get(roomId);
  if (row)
    await rooms.put({
      ...row,
      ranges: [],
      cursor: placed ? 0 : row.cursor,
      ...(placed ? { generation: undefined } : {}),
    });
}

/** A deleted message's text, and that of its edits, is gone on the server; so it is here. */
async function scrub(tx: Writing, roomId: string, target: number): Promise<void> {
  const table = tx.objectStore('events');
  const message = await table.get([roomId, target]);
  const edits = await table.index('target').getAll([roomId, target]);
  for (const e of [message, ...edits.filter((x) => x.type === 'edit')]) {
    if (e?.body === undefined) continue;
    const { body: _, ...rest } = e;
    await table.put(rest);
  }
}

async function takeAll<Names extends ArrayLike<StoreNames<Schema>>>(
  outbox: IDBPObjectStore<Schema, Names, 'outbox', 'readwrite'>,
  clientIds: readonly string[],
): Promise<void> {
  for (const clientId of clientIds)
    for (const order of await outbox.index('clientId').getAllKeys(clientId)) await outbox.delete(order);
}
