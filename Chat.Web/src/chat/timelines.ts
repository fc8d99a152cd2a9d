import { RoomTimeline, type TimelineSource } from './timeline';

const most = 30;

/** The timelines of the rooms that were shown last. */
export class Timelines {
  /** The one used last is the last to go. */
  readonly #all = new Map<string, RoomTimeline>();

  constructor(private readonly source: TimelineSource) {}

  /** A room's, if it is one of them. */
  get(roomId: string): RoomTimeline | undefined {
    return this.#all.get(roomId);
  }

  /** A room's; from now on it is one of them. */
  open(roomId: string): RoomTimeline {
    const known = this.#all.get(roomId);
    const timeline = known ?? new RoomTimeline(roomId, this.source);
    this.#all.delete(roomId);
    this.#all.set(roomId, timeline);
    const oldest = this.#all.keys().next().value;
    if (this.#all.size > most && oldest !== undefined) this.#all.delete(oldest);
    if (!known) queueMicrotask(() => timeline.synced());
    return timeline;
  }

  /** Connected, and rooms are up to date. */
  synced(): void {
    for (const timeline of this.#all.values()) timeline.synced();
  }
}
