import { batch, type ReadonlySignal, signal } from '@preact/signals';
import type { Store } from '../store/store';
import { type ChatEvent, type EventPage, limits, type PageRequest } from '../wire/contract';
import { Refusal } from '../wire/refusal';
import { LogWindow } from './logWindow';
import { ItemMaker, MessageChanges, messageOf } from './messages';
import type { Item, Message, OutboxEntry, Timeline } from './model';

const pageSize = 100;
/** Messages that are fetched with one that a quote asks for: the next quotes are often near it. */
const quoteSize = 20;

/** What a timeline needs of the rest of the chat. */
export interface TimelineSource {
  readonly me: string;
  /** The number of the newest event that has come; undefined if that is not known yet. */
  newest(roomId: string): number | undefined;
  outbox(roomId: string): readonly OutboxEntry[];
  readonly store: Pick<Store, 'page' | 'changesOf'>;
  /** From the server; rejects with a `Refusal`. Keeps what it got in the store. */
  history(roomId: string, page: PageRequest): Promise<EventPage>;
  /** Resolves when the store has what has come so far. */
  stored(): Promise<void>;
}

export class RoomTimeline implements Timeline {
  readonly #items = signal<readonly Item[]>([]);
  readonly #atStart = signal(false);
  readonly #atEnd = signal(false);
  readonly #loading = signal<'older' | 'newer' | 'around' | null>(null);
  readonly #error = signal<string | null>(null);
  #window: LogWindow;
  #changes = new MessageChanges();
  readonly #maker: ItemMaker;
  readonly #asked = new Map<number, Promise<Message | null>>();
  /** Counts the moves: a page that comes after a later move is not wanted any more. */
  #move = 0;
  #refreshing = false;
  /** Counts the holes: what was loaded before the last one may have changed unseen. */
  #holes = 0;
  #renewed = 0;

  constructor(
    readonly roomId: string,
    private readonly source: TimelineSource,
  ) {
    this.#window = new LogWindow(source.newest(roomId) ?? 0);
    this.#maker = new ItemMaker(source.me);
  }

  get items(): ReadonlySignal<readonly Item[]> {
    return this.#items;
  }

  get atStart(): ReadonlySignal<boolean> {
    return this.#atStart;
  }

  get atEnd(): ReadonlySignal<boolean> {
    return this.#atEnd;
  }

  get loading(): ReadonlySignal<'older' | 'newer' | 'around' | null> {
    return this.#loading;
  }

  get error(): ReadonlySignal<string | null> {
    return this.#error;
  }

  older(): Promise<void> {
    return this.#extend('older', () => this.#window.atStart, { before: this.#window.from });
  }

  newer(): Promise<void> {
    return this.#extend('newer', () => this.#window.atEnd, { after: this.#window.to });
  }

  async around(seq: number): Promise<boolean> {
    const there = () => this.#window.events.some((e) => e.seq === seq && e.type === 'message');
    if (this.#window.placed && there()) {
      this.#stay();
      return true;
    }
    if (!Number.isSafeInteger(seq) || seq < 1) return false;
    await this.#goTo(async () => {
      const newest = Math.max(seq, this.source.newest(this.roomId) ?? 0);
      const events = await this.#page({ before: Math.min(newest, seq + pageSize / 2) + 1 }, pageSize, seq);
      return events.some((e) => e.seq === seq && e.type === 'message') ? { events, to: seq } : null;
    });
    return there();
  }

  async latest(): Promise<void> {
    if (this.#window.atEnd) {
      this.#stay();
      return;
    }
    await this.#goTo(async () => {
      const newest = this.source.newest(this.roomId);
      if (newest === 0) return { events: [], to: 0 };
      const events =
        newest === undefined ? await this.#history({}) : await this.#page({ before: newest + 1 }, pageSize);
      return { events, to: Math.max(0, (events[0]?.seq ?? 1) - 1) };
    });
  }

  message(seq: number): Promise<Message | null> {
    const event = this.#window.events.find((e) => e.seq === seq);
    if (event) return Promise.resolve(event.type === 'message' ? messageOf(event, this.#changes.of(seq)) : null);
    const asked = this.#asked.get(seq) ?? this.#fetch(seq).finally(() => this.#asked.delete(seq));
    this.#asked.set(seq, asked);
    return asked;
  }

  /** An event of this room has come in its turn. */
  live(e: ChatEvent): void {
    this.#window.live(e);
    this.#changes.add([e]);
    this.refreshSoon();
  }

  /** Numbers up to this one will not come by themselves. */
  skipped(to: number): void {
    this.#window.skipped(to);
    this.#holes++;
    void this.#renew();
    this.refreshSoon();
  }

  /** The server has lost events that are shown, and numbers others like them: begins again at the end. */
  restored(): void {
    this.#window = new LogWindow(this.source.newest(this.roomId) ?? 0);
    this.#changes = new MessageChanges();
    void this.latest();
  }

  /** Connected, and rooms are up to date: what did not load before may load now. */
  synced(): void {
    this.#window.newest = Math.max(this.#window.newest, this.source.newest(this.roomId) ?? 0);
    this.#error.value = null;
    if (!this.#window.placed && !this.#loading.value) void this.latest();
    void this.#renew();
    this.refreshSoon();
  }

  /** Takes what is loaded from the server again, if it may have changed unseen. */
  async #renew(): Promise<void> {
    const holes = this.#holes;
    if (holes === this.#renewed) return;
    let { from, to } = this.#window;
    try {
      while (from <= to) {
        const events = await this.#history({ after: from - 1, limit: limits.page });
        this.#window.renew(events);
        from = (events.at(-1)?.seq ?? to) + 1;
      }
      this.#renewed = holes;
      this.refreshSoon();
    } catch {
      // The next connection tries again.
    }
  }

  /** Shows what has changed, once for all that changes at the same moment. */
  refreshSoon(): void {
    if (this.#refreshing) return;
    this.#refreshing = true;
    queueMicrotask(() => this.#refresh());
  }

  #refresh(): void {
    this.#refreshing = false;
    const window = this.#window;
    this.#changes.trim(window.from, window.to);
    const lines = this.#maker.items(window.events, this.#changes);
    batch(() => {
      this.#items.value = window.atEnd ? [...lines, ...this.#waiting(lines)] : lines;
      this.#atStart.value = window.atStart;
      this.#atEnd.value = window.atEnd;
    });
  }

  #waiting(lines: readonly Item[]): Item[] {
    const shown = new Set(lines.map((l) => l.key));
    const entries = this.source.outbox(this.roomId).filter((e) => !shown.has(e.clientId));
    return entries.map((entry) => ({ kind: 'outbox', key: entry.clientId, entry }));
  }

  async #extend(way: 'older' | 'newer', done: () => boolean, page: PageRequest): Promise<void> {
    if (this.#loading.value || !this.#window.placed || done()) return;
    const move = this.#move;
    this.#loading.value = way;
    await this.#settle(move, async () => {
      const events = await this.#page(page, pageSize);
      if (move !== this.#move) return;
      if (way === 'older') this.#window.prepend(events);
      else this.#window.append(events);
    });
  }

  /** Whatever is on its way is not wanted any more; but what it has brought already is shown. */
  #stay(): void {
    this.#move++;
    this.#loading.value = null;
    this.#error.value = null;
    this.#refresh();
  }

  async #goTo(find: () => Promise<{ events: readonly ChatEvent[]; to: number } | null>): Promise<void> {
    const move = ++this.#move;
    this.#loading.value = 'around';
    await this.#settle(move, async () => {
      const found = await find();
      if (!found || move !== this.#move) return;
      this.#window.newest = Math.max(this.#window.newest, this.source.newest(this.roomId) ?? 0);
      this.#window.place(found.events, found.to);
    });
  }

  async #settle(move: number, load: () => Promise<void>): Promise<void> {
    let error: string | null = null;
    try {
      await load();
    } catch (e) {
      error = e instanceof Refusal ? e.code : 'unavailable';
    }
    if (move !== this.#move) return;
    batch(() => {
      this.#error.value = error;
      this.#loading.value = null;
      this.#refresh();
    });
  }

  /** From the store, or the server where that has nothing; `wanted` has to be in it. Ascending and without holes. */
  async #page(page: PageRequest, limit: number, wanted?: number): Promise<readonly ChatEvent[]> {
    const holes = this.#holes;
    await this.source.stored();
    let events = await this.source.store.page(this.roomId, { ...page, limit });
    if (wanted !== undefined && !events.some((e) => e.seq === wanted)) events = [];
    if (events.length === 0) events = await this.#history({ ...page, limit: Math.min(limit, limits.page) });
    // A page is bounded in bytes, too. Among large messages it may end before the wanted one, which then begins a page
    // of its own.
    if (wanted !== undefined && (events[0]?.seq ?? 0) > wanted)
      events = await this.#history({ after: wanted - 1, limit: Math.min(limit, limits.page) });
    const [first, last] = [events[0], events.at(-1)];
    if (first && last) this.#changes.add(await this.source.store.changesOf(this.roomId, first.seq, last.seq));
    this.#changes.add(events);
    return holes === this.#holes ? events : this.#page(page, limit, wanted);
  }

  async #history(page: PageRequest): Promise<readonly ChatEvent[]> {
    return (await this.source.history(this.roomId, page)).events;
  }

  async #fetch(seq: number): Promise<Message | null> {
    try {
      const events = await this.#page({ before: seq + 1 }, quoteSize, seq);
      const event = events.find((e) => e.seq === seq && e.type === 'message');
      return event ? messageOf(event, this.#changes.of(seq)) : null;
    } catch {
      return null;
    }
  }
}
