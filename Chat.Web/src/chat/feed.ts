import type { Feed } from '../relay/sync';
import type { ChatEvent, Invitation, Presence, Room, SyncAnswer, User } from '../wire/contract';
import { Refusal } from '../wire/refusal';

/** Hears what a feed takes: in each room every event once, ascending, without holes but for what is skipped. */
export interface FeedListener {
  /**
   * All my rooms as they are now, those that are mine no more, and those of which the server has lost events that we had, because it
   * was restored from a backup. Cursors of rooms that are new are set.
   */
  synced(answer: SyncAnswer, gone: readonly string[], restored: readonly string[]): void;
  event(event: ChatEvent): void;
  skipped(roomId: string, from: number, to: number): void;
  roomUpdated(room: Room): void;
  roomRemoved(roomId: string): void;
  readMarker(roomId: string, userId: string, seq: number): void;
  typing(roomId: string, userId: string): void;
  presenceChanged(users: readonly Presence[]): void;
  invited(invitation: Invitation): void;
}

/** My rooms' cursors. Outlives the connections: whatever one brings, twice or in pieces, is handed on once and in order. */
export class RoomFeed implements Feed {
  readonly #cursors: Map<string, number>;
  /**
   * The generation of the event at each cursor, where it is known. It is not known after a skip, nor where a room
   * begins.
   */
  readonly #generations: Map<string, string>;
  #resuming: boolean;
  /** The cursors that the last Sync was asked with. */
  #asked: Record<string, number> = {};
  progress = 0;

  /** `start`: the cursors of an earlier run; empty if there was none, then every room begins at its head. */
  constructor(
    private readonly me: User,
    start: ReadonlyMap<string, number>,
    private readonly listener: FeedListener,
    generations: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#generations = new Map(generations);
    this.#cursors = new Map(start);
    this.#resuming = start.size > 0;
  }

  /** The last number accepted; undefined for a room that is not mine. */
  cursor(roomId: string): number | undefined {
    return this.#cursors.get(roomId);
  }

  generation(roomId: string): string | undefined {
    return this.#generations.get(roomId);
  }

  generations(): Record<string, string> {
    return Object.fromEntries(this.#generations);
  }

  /**
   * Takes the events of a page. The event at a cursor tells the generation there, for example if the room began at its
   * head.
   */
  know(events: readonly ChatEvent[]): void {
    for (const { roomId, seq, generation } of events)
      if (generation !== undefined && this.#cursors.get(roomId) === seq) this.#generations.set(roomId, generation);
  }

  accepted(): Record<string, number> {
    this.#asked = Object.fromEntries(this.#cursors);
    return this.#asked;
  }

  synced(answer: SyncAnswer): boolean {
    // Somebody else has signed in with this browser's cookie: nothing of theirs may get among mine.
    if (answer.user.id !== this.me.id) throw new Refusal('unauthenticated', 'Signed in as somebody else.');
    const mine = new Set(answer.rooms.map((r) => r.id));
    const gone = [...this.#cursors.keys()].filter((id) => !mine.has(id));
    for (const id of gone) this.#forget(id);
    let complete = true;
    // Not the cursors as they are now: what came while the answer was on its way may be newer than the answer.
    const restored = answer.rooms.filter(
      (r) => (this.#asked[r.id] ?? 0) > r.head || answer.reset?.includes(r.id) === true,
    );
    for (const { id, head } of restored) this.#place(id, head);
    for (const room of answer.rooms) {
      if (this.#cursors.has(room.id)) continue;
      // The very first time a room begins now; a room that appears later is one that I was added to meanwhile.
      const cursor = this.#resuming ? Math.max(0, room.joined - 1) : room.head;
      this.#place(room.id, cursor);
      complete &&= cursor >= room.head;
    }
    this.#resuming = true;
    this.listener.synced(
      answer,
      gone,
      restored.map((r) => r.id),
    );
    return complete;
  }

  accept(event: ChatEvent): boolean {
    const cursor = this.#cursors.get(event.roomId);
    if (cursor === undefined || event.seq > cursor + 1) return false;
    if (event.seq <= cursor) return true;
    this.#place(event.roomId, event.seq, event.generation);
    this.progress++;
    this.listener.event(event);
    return true;
  }

  skip(roomId: string, from: number, to: number): boolean {
    const cursor = this.#cursors.get(roomId);
    if (cursor === undefined || from > cursor + 1) return false;
    if (to <= cursor) return true;
    this.#place(roomId, to);
    this.progress++;
    this.listener.skipped(roomId, cursor + 1, to);
    return true;
  }

  roomUpdated(room: Room): void {
    if (!this.#cursors.has(room.id)) this.#place(room.id, Math.max(0, room.joined - 1));
    this.listener.roomUpdated(room);
  }

  roomRemoved(roomId: string): void {
    if (this.#forget(roomId)) this.listener.roomRemoved(roomId);
  }

  #place(roomId: string, cursor: number, generation?: string): void {
    this.#cursors.set(roomId, cursor);
    if (generation === undefined) this.#generations.delete(roomId);
    else this.#generations.set(roomId, generation);
  }

  #forget(roomId: string): boolean {
    this.#generations.delete(roomId);
    return this.#cursors.delete(roomId);
  }

  readMarker(roomId: string, userId: string, seq: number): void {
    this.listener.readMarker(roomId, userId, seq);
  }

  typing(roomId: string, userId: string): void {
    this.listener.typing(roomId, userId);
  }

  presence(users: readonly Presence[]): void {
    this.listener.presenceChanged(users);
  }

  invited(invitation: Invitation): void {
    this.listener.invited(invitation);
  }
}
