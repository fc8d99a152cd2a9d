import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { RoomEntry } from './model';
import { mentioned, type RoomState } from './rooms';

/** My rooms with what the list shows of them. Signals change at the end of the moment in which anything did. */
export class RoomList {
  readonly #states = new Map<string, RoomState>();
  readonly #entries = signal<ReadonlyMap<string, RoomEntry>>(new Map());
  readonly #one = new Map<string, ReadonlySignal<RoomEntry | null>>();
  readonly #markers = new Map<string, Signal<ReadonlyMap<string, number>>>();
  readonly #changed = new Set<string>();
  readonly all = computed(() => [...this.#entries.value.values()].sort(byActivity(this.#states)));

  /** What others know of a room. */
  constructor(
    private readonly outbox: (roomId: string) => number,
    private readonly hasDraft: (roomId: string) => boolean,
  ) {}

  get(roomId: string): RoomState | undefined {
    return this.#states.get(roomId);
  }

  ids(): IterableIterator<string> {
    return this.#states.keys();
  }

  set(roomId: string, state: RoomState): void {
    this.#states.set(roomId, state);
    this.touch(roomId);
  }

  delete(roomId: string): void {
    this.#states.delete(roomId);
    this.touch(roomId);
  }

  /** Something that is shown of this room has changed. */
  touch(roomId: string): void {
    if (this.#changed.size === 0) queueMicrotask(() => this.show());
    this.#changed.add(roomId);
  }

  room(roomId: string): ReadonlySignal<RoomEntry | null> {
    const one = this.#one.get(roomId) ?? computed(() => this.#entries.value.get(roomId) ?? null);
    this.#one.set(roomId, one);
    return one;
  }

  markers(roomId: string): ReadonlySignal<ReadonlyMap<string, number>> {
    const markers = this.#markers.get(roomId) ?? signal(this.#markersOf(roomId));
    this.#markers.set(roomId, markers);
    return markers;
  }

  /** Shows now what has changed. */
  show(): void {
    if (this.#changed.size === 0) return;
    const entries = new Map(this.#entries.peek());
    batch(() => {
      for (const id of this.#changed) {
        const state = this.#states.get(id);
        if (state) entries.set(id, this.#entry(state));
        else entries.delete(id);
        this.#showMarkers(id);
      }
      this.#changed.clear();
      this.#entries.value = entries;
    });
  }

  #showMarkers(roomId: string): void {
    const shown = this.#markers.get(roomId);
    const now = this.#markersOf(roomId);
    if (shown && !same(shown.peek(), now)) shown.value = now;
  }

  #markersOf(roomId: string): ReadonlyMap<string, number> {
    return new Map(Object.entries(this.#states.get(roomId)?.markers ?? {}));
  }

  #entry(state: RoomState): RoomEntry {
    const { room, lastLine } = state;
    return {
      room,
      unread: room.unread,
      mentioned: mentioned(state),
      lastLine,
      hasDraft: this.hasDraft(room.id),
      outbox: this.outbox(room.id),
    };
  }
}

const same = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean =>
  a.size === b.size && [...a].every(([user, seq]) => b.get(user) === seq);

const byActivity =
  (states: ReadonlyMap<string, RoomState>) =>
  (a: RoomEntry, b: RoomEntry): number =>
    (states.get(b.room.id)?.activity ?? 0) - (states.get(a.room.id)?.activity ?? 0) || (a.room.id < b.room.id ? -1 : 1);
