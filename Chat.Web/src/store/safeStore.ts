import { type ReadonlySignal, signal } from '@preact/signals';
import { Backoff } from '../relay/backoff';
import { pause } from '../relay/wait';
import type { ChatEvent, PageRequest, WireError } from '../wire/contract';
import { textOf } from '../wire/refusal';
import { IndexedStore } from './indexedStore';
import { MemoryStore } from './memoryStore';
import { deleteDatabase, openDatabase } from './schema';
import type { Changes, Store, StoredDraft, StoredMessage, StoredRoom } from './store';

type Write = (store: Store) => Promise<void>;

const openTimeout = 3_000;
const writeTimeout = 5_000;

/**
 * A store that always works: what the database will not take is kept in memory until it does, and `error` says so meanwhile.
 * Never rejects.
 */
export class SafeStore implements Store {
  readonly #error = signal<string | null>(null);
  /** The outbox as it should be on the disk. */
  readonly #memory = new MemoryStore();
  /** Writes to the outbox that the disk has not confirmed, in order: none overtakes another. While there are any, memory counts. */
  readonly #owed: Write[] = [];
  readonly #pace = new Backoff(1_000, 60_000, 1_000);
  readonly #closed = new AbortController();
  #disk: IndexedStore | null = null;
  #settling: Promise<void> = Promise.resolve();
  #retrying = false;
  /** Rooms whose news could not be stored: what is stored of them may have been edited or deleted since. */
  #stale: ReadonlySet<string> = new Set();

  constructor(private readonly userId: string) {}

  /** Why the database cannot be used; null while it works and has everything. */
  get error(): ReadonlySignal<string | null> {
    return this.#error;
  }

  /** Opens the user's database, or does without until it opens. */
  static async open(userId: string): Promise<SafeStore> {
    const store = new SafeStore(userId);
    await store.#inTime(store.#open(), openTimeout);
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
    if (done && this.#error.value) void this.#settle();
  }

  async page(roomId: string, page: PageRequest & { readonly limit: number }): Promise<readonly ChatEvent[]> {
    return this.#stale.has(roomId) ? [] : this.#read((s) => s.page(roomId, page));
  }

  changesOf(roomId: string, from: number, to: number): Promise<readonly ChatEvent[]> {
    return this.#read((s) => s.changesOf(roomId, from, to));
  }

  async outbox(roomId?: string): Promise<readonly StoredMessage[]> {
    let rows: readonly StoredMessage[] | null;
    do {
      await this.#inTime(this.#settling, writeTimeout);
      rows = null;
      if (this.#owed.length === 0)
        await this.#try(async (s) => {
          rows = await s.outbox(roomId);
        });
      // A write of this tab that is under way is waited for: what other tabs have written only the disk knows.
    } while (this.#owed.length > 0 && this.#disk && !this.#error.value);
    if (!rows || this.#owed.length > 0) return this.#memory.outbox(roomId);
    if (roomId === undefined) this.#memory.fill(rows);
    return rows;
  }

  add(message: Omit<StoredMessage, 'order'>, draft?: string): Promise<void> {
    return this.#write((s) => s.add(message, draft));
  }

  take(clientIds: readonly string[]): Promise<void> {
    return this.#write((s) => s.take(clientIds));
  }

  refuse(clientId: string, error: WireError): Promise<void> {
    return this.#write((s) => s.refuse(clientId, error));
  }

  requeue(clientId: string, as: string): Promise<void> {
    return this.#write((s) => s.requeue(clientId, as));
  }

  drafts(): Promise<readonly StoredDraft[]> {
    return this.#read((s) => s.drafts());
  }

  async setDraft(roomId: string, text: string): Promise<void> {
    await this.#try((s) => s.setDraft(roomId, text));
  }

  close(): void {
    this.#closed.abort();
    this.#disk?.close();
    this.#disk = null;
  }

  /** Takes at most 2 s: another tab may keep the file itself longer, but nothing is in it any more. */
  async destroy(): Promise<void> {
    const gone = this.#disk?.destroy() ?? deleteDatabase(this.userId);
    this.#disk = null;
    this.close();
    await this.#memory.destroy();
    await Promise.race([gone.catch(() => undefined), pause(2_000)]);
  }

  async #read<T>(read: (store: Store) => Promise<readonly T[]>): Promise<readonly T[]> {
    let found: readonly T[] = [];
    await this.#try(async (s) => {
      found = await read(s);
    });
    return found;
  }

  async #write(work: Write): Promise<void> {
    this.#owed.push(work);
    await work(this.#memory);
    await this.#inTime(this.#settle(), writeTimeout);
  }

  /** Writes what the disk has not got yet. */
  #settle(): Promise<void> {
    this.#settling = this.#settling.then(async () => {
      for (let next = this.#owed[0]; next; next = this.#owed[0]) {
        if (!(await this.#try(next))) return this.#later();
        this.#owed.splice(this.#owed.indexOf(next), 1);
      }
      if (!this.#disk) return;
      this.#error.value = null;
      this.#pace.reset();
    });
    return this.#settling;
  }

  /** Waits for the database, but not for ever, and not at all while it is in trouble. What it is slow with goes on. */
  async #inTime(work: Promise<void>, most: number): Promise<void> {
    if (this.#error.value) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#error.value = 'The database does not answer.';
        resolve();
      }, most);
      void work.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async #try(work: Write, mayMakeRoom = true): Promise<boolean> {
    const disk = this.#disk;
    if (!disk) return false;
    try {
      await work(disk);
      return true;
    } catch (e) {
      // What can be had from the server again makes room for what cannot.
      if (mayMakeRoom && e instanceof Error && e.name === 'QuotaExceededError')
        return (await this.#try(() => disk.dropEvents(), false)) && this.#try(work, false);
      this.#error.value = textOf(e);
      return false;
    }
  }

  async #open(): Promise<void> {
    try {
      const db = await openDatabase(this.userId, (why) => this.#lose(why));
      if (this.#closed.signal.aborted) return db.close();
      // The database may have come back empty; what it still has is not added twice.
      const known = (await this.#memory.outbox()).map(
        ({ order: _, ...message }): Write =>
          (s) =>
            s.add(message),
      );
      this.#owed.unshift(...known);
      this.#disk = new IndexedStore(db, this.userId);
      await this.#settle();
    } catch (e) {
      this.#lose(textOf(e));
    }
  }

  #lose(why: string): void {
    this.#disk = null;
    this.#error.value = why;
    // A newer page, or a sign-out in another tab, needs it for itself.
    if (why !== 'versionchange') this.#later();
  }

  #later(): void {
    if (this.#retrying) return;
    this.#retrying = true;
    void pause(this.#pace.next(), this.#closed.signal).then(() => {
      this.#retrying = false;
      if (this.#closed.signal.aborted) return;
      if (this.#disk) void this.#settle();
      else if (this.#error.value !== 'versionchange') void this.#open();
    });
  }
}
