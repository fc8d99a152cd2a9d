import { type ReadonlySignal, signal } from '@preact/signals';
import type { ChatEvent, PageRequest, WireError } from '../wire/contract';
import { IndexedStore } from './indexedStore';
import { MemoryStore } from './memoryStore';
import { deleteDatabase, openDatabase } from './schema';
import type { Changes, Store, StoredDraft, StoredMessage, StoredRoom } from './store';

/** A store that always works: what the database will not take is kept in memory, and `error` says so. Never rejects. */
export class SafeStore implements Store {
  readonly #error = signal<string | null>(null);
  readonly #memory = new MemoryStore();
  #disk: Store | null = null;
  /** Rooms whose news could not be stored: what is stored of them may have been edited or deleted since. */
  #stale: ReadonlySet<string> = new Set();

  constructor(private readonly userId: string) {}

  /** Why the database cannot be used; null while it works. */
  get error(): ReadonlySignal<string | null> {
    return this.#error;
  }

  /** Opens the user's database, or does without. */
  static async open(userId: string): Promise<SafeStore> {
    const store = new SafeStore(userId);
    try {
      const db = await openDatabase(userId, (why) => store.#lose(new Error(why)));
      store.#disk = new IndexedStore(db, userId);
    } catch (e) {
      store.#lose(e);
    }
    return store;
  }

  rooms(): Promise<readonly StoredRoom[]> {
    return this.#read((s) => s.rooms());
  }

  async apply(me: string, changes: Changes): Promise<void> {
    const stale = new Set([...this.#stale, ...(changes.stale ?? [])]);
    await this.#memory.apply(me, changes);
    const done = await this.#try((s) => s.apply(me, { ...changes, stale: [...stale] }));
    this.#stale = done ? new Set() : new Set([...stale, ...changes.events.map((e) => e.roomId)]);
  }

  async page(roomId: string, page: PageRequest & { readonly limit: number }): Promise<readonly ChatEvent[]> {
    return this.#stale.has(roomId) ? [] : this.#read((s) => s.page(roomId, page));
  }

  changesOf(roomId: string, from: number, to: number): Promise<readonly ChatEvent[]> {
    return this.#read((s) => s.changesOf(roomId, from, to));
  }

  async outbox(roomId?: string): Promise<readonly StoredMessage[]> {
    return [...(await this.#read((s) => s.outbox(roomId))), ...(await this.#memory.outbox(roomId))];
  }

  async add(message: Omit<StoredMessage, 'order'>): Promise<void> {
    if (!(await this.#try((s) => s.add(message)))) await this.#memory.add(message);
  }

  async take(clientIds: readonly string[]): Promise<void> {
    await this.#both((s) => s.take(clientIds));
  }

  async refuse(clientId: string, error: WireError): Promise<void> {
    await this.#both((s) => s.refuse(clientId, error));
  }

  async requeue(clientId: string, as: string): Promise<void> {
    await this.#both((s) => s.requeue(clientId, as));
  }

  drafts(): Promise<readonly StoredDraft[]> {
    return this.#read((s) => s.drafts());
  }

  async setDraft(roomId: string, text: string): Promise<void> {
    await this.#try((s) => s.setDraft(roomId, text));
  }

  close(): void {
    this.#disk?.close();
    this.#disk = null;
  }

  async destroy(): Promise<void> {
    this.close();
    await this.#memory.destroy();
    await deleteDatabase(this.userId).catch(() => undefined);
  }

  async #read<T>(read: (store: Store) => Promise<readonly T[]>): Promise<readonly T[]> {
    let found: readonly T[] = [];
    await this.#try(async (s) => {
      found = await read(s);
    });
    return found;
  }

  async #both(write: (store: Store) => Promise<void>): Promise<void> {
    await write(this.#memory);
    await this.#try(write);
  }

  async #try(work: (store: Store) => Promise<void>): Promise<boolean> {
    if (!this.#disk) return false;
    try {
      await work(this.#disk);
      if (this.#disk) this.#error.value = null;
      return true;
    } catch (e) {
      this.#error.value = text(e);
      return false;
    }
  }

  #lose(why: unknown): void {
    this.#disk = null;
    this.#error.value = text(why);
  }
}

const text = (e: unknown): string => (e instanceof Error ? e.message || e.name : String(e));
