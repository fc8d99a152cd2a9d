import type { Store, StoredRoom } from '../store/store';
import type { ChatEvent } from '../wire/contract';

/** What has come is stored together this often; milliseconds. */
const interval = 100;

/** Collects what changes and stores it in one transaction each time: events, cursors and the outbox never disagree on disk. */
export class Recorder {
  #events: ChatEvent[] = [];
  readonly #dirty = new Set<string>();
  readonly #gone = new Set<string>();
  readonly #stale = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** `room`: how a room is now; null if it is not mine. */
  constructor(
    private readonly store: Store,
    private readonly me: string,
    private readonly room: (roomId: string) => StoredRoom | null,
  ) {}

  /** To be stored soon. `events` together with the cursors that count them. */
  note(roomIds: Iterable<string>, events: readonly ChatEvent[] = []): void {
    this.#events.push(...events);
    for (const id of roomIds) this.#dirty.add(id);
    this.#timer ??= setTimeout(() => void this.flush(), interval);
  }

  /** A room that is mine no more; nothing of it is kept. */
  forget(roomId: string): void {
    this.#drop(roomId, this.#gone);
  }

  /** What has come of a room may have changed unseen; only its place is kept. */
  distrust(roomId: string): void {
    this.#drop(roomId, this.#stale);
  }

  #drop(roomId: string, why: Set<string>): void {
    this.#events = this.#events.filter((e) => e.roomId !== roomId);
    why.add(roomId);
    this.note([roomId]);
  }

  /** Stores what was noted; resolves when it can be read. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    if (this.#events.length + this.#dirty.size === 0) return;
    const changes = {
      events: this.#events,
      rooms: [...this.#dirty].flatMap((id) => this.room(id) ?? []),
      gone: [...this.#gone],
      stale: [...this.#stale],
    };
    this.#events = [];
    this.#dirty.clear();
    this.#gone.clear();
    this.#stale.clear();
    await this.store.apply(this.me, changes);
  }
}
