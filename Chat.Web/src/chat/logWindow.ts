import type { ChatEvent } from '../wire/contract';

const mostEvents = 1_000;
const mostTail = 200;

/**
 * A piece of one room's log without holes, which moves, and the newest events as they come. No I/O.
 * Both ends are numbers, so that an empty piece has a place, too: `to` is `from - 1` then.
 */
export class LogWindow {
  events: readonly ChatEvent[] = [];
  from = 1;
  to = 0;
  /** Whether it has a place yet. */
  placed = false;
  /** Events that came live, without holes up to `newest`: they are added to a piece that reaches them. */
  #tail: readonly ChatEvent[] = [];
  /** `newest`: the number of the newest event that has come. */
  constructor(
    public newest: number,
    private readonly most = mostEvents,
  ) {}

  get atStart(): boolean {
    return this.placed && this.from <= 1;
  }

  get atEnd(): boolean {
    return this.placed && this.to >= this.newest;
  }

  /** Moves to these events, ascending and without holes, or to an empty piece after `to`. */
  place(events: readonly ChatEvent[], to: number): void {
    this.placed = true;
    this.events = events;
    this.to = events.at(-1)?.seq ?? to;
    this.from = events[0]?.seq ?? to + 1;
    this.#joinTail();
  }

  /** Adds what precedes it; false, and nothing happens, if these events don't. May drop far ones at the end. */
  prepend(events: readonly ChatEvent[]): boolean {
    if (events.at(-1)?.seq !== this.from - 1) return false;
    this.events = [...events, ...this.events].slice(0, this.most);
    this.#place();
    return true;
  }

  /** Adds what follows it; false, and nothing happens, if these events don't. May drop far ones at the start. */
  append(events: readonly ChatEvent[]): boolean {
    if (events[0]?.seq !== this.to + 1) return false;
    this.events = [...this.events, ...events].slice(-this.most);
    this.#place();
    this.#joinTail();
    return true;
  }

  /** An event has come in its turn. */
  live(e: ChatEvent): void {
    this.#tail = e.seq === this.newest + 1 ? [...this.#tail, e].slice(-mostTail) : [e];
    this.newest = Math.max(this.newest, e.seq);
    if (this.placed && e.seq === this.to + 1) this.append([e]);
  }

  /** Numbers up to this one will not come by themselves. */
  skipped(to: number): void {
    this.newest = Math.max(this.newest, to);
    this.#tail = [];
  }

  /** Replaces what is here by these events of the same numbers. */
  renew(events: readonly ChatEvent[]): void {
    const fresh = new Map(events.map((e) => [e.seq, e]));
    this.events = this.events.map((e) => fresh.get(e.seq) ?? e);
  }

  #joinTail(): void {
    const next = this.#tail.findIndex((e) => e.seq === this.to + 1);
    if (next >= 0) this.append(this.#tail.slice(next));
  }

  #place(): void {
    this.from = this.events[0]?.seq ?? this.from;
    this.to = this.events.at(-1)?.seq ?? this.to;
  }
}
