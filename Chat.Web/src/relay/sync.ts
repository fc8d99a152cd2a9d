import type { ChatEvent, Invitation, Presence, Room, SyncAnswer } from '../wire/contract';
import { Refusal, textOf } from '../wire/refusal';
import { Backoff } from './backoff';
import { syncedPush } from './orderedProtocol';
import { type Session, SessionLost } from './session';
import { type Deferred, deferred, pause } from './wait';

/** My rooms and where I stand in each. Outlives the sessions: whatever they bring, twice or in pieces, it takes once and in order. */
export interface Feed {
  /** The last number accepted in each room: where the server has to go on. */
  accepted(): Readonly<Record<string, number>>;
  /** The generation of the event at that number, where it is known. */
  generations(): Readonly<Record<string, string>>;
  /** Grows whenever something was accepted. */
  readonly progress: number;
  /**
   * The answer of a Sync. False if the server starts some room later than we need: ask again, with the cursors as they are now.
   * Throws a `Refusal` if it is not ours.
   */
  synced(answer: SyncAnswer): boolean;
  /** False on a hole before it, or for an unknown room: it is not accepted, and a Sync is needed. */
  accept(event: ChatEvent): boolean;
  /** Numbers that will not come by themselves. False on a hole before them. */
  skip(roomId: string, from: number, to: number): boolean;
  roomUpdated(room: Room): void;
  roomRemoved(roomId: string): void;
  readMarker(roomId: string, userId: string, seq: number): void;
  typing(roomId: string, userId: string): void;
  presence(users: readonly Presence[]): void;
  invited(invitation: Invitation): void;
}

/** Twice the server's interval; milliseconds. */
const checkpointLimit = 30_000;
/** A timer later than this says that the machine slept. */
const sleptAfter = 5_000;

/**
 * Hears the pushes of one session in the order of the wire, counts them, and calls `Sync` again when something is missing: a hole in a
 * room's numbers, or a `Checkpoint` that counts more events than came.
 */
export class SessionSync {
  readonly #pace = new Backoff(100, 5_000, 20);
  #received = 0;
  #lastSign = Date.now();
  #wished = false;
  #repairing = false;
  #progress = 0;
  #running: Deferred<void> | null = null;

  constructor(
    private readonly session: Session,
    private readonly feed: Feed,
  ) {
    const { hub } = session;
    // A call that is over may still be handing us what it had read.
    const on = <A extends unknown[]>(method: string, handler: (...args: A) => void) =>
      hub.on(method, (...args) => {
        if (!session.over.aborted) handler(...(args as A));
      });
    on(syncedPush, (answer: SyncAnswer) => this.#synced(answer));
    on('Event', (event: ChatEvent) => {
      this.#received++;
      if (!feed.accept(event)) this.#wish();
    });
    on('Skipped', (roomId: string, from: number, to: number) => {
      if (!feed.skip(roomId, from, to)) this.#wish();
    });
    on('Checkpoint', (delivered: number) => {
      this.#lastSign = Date.now();
      if (delivered > this.#received) this.#wish();
    });
    on('RoomUpdated', (room: Room) => feed.roomUpdated(room));
    on('RoomRemoved', (roomId: string) => feed.roomRemoved(roomId));
    on('ReadMarker', (roomId: string, userId: string, seq: number) => feed.readMarker(roomId, userId, seq));
    on('Typing', (roomId: string, userId: string) => feed.typing(roomId, userId));
    on('Invited', (invitation: Invitation) => feed.invited(invitation));
    on('Presence', (users: readonly Presence[]) => feed.presence(users));
  }

  /** The first Sync; resolves when its answer is applied, and from then on the session repairs itself. */
  async start(): Promise<void> {
    await this.now();
    void this.#watch();
  }

  /** Asks the server to go on from where we stand; resolves when its answer is applied. */
  now(): Promise<void> {
    return this.#running?.promise ?? this.#ask();
  }

  async #ask(): Promise<void> {
    const running = deferred<void>();
    this.#running = running;
    this.session
      .invoke('Sync', { cursors: this.feed.accepted(), generations: this.feed.generations() })
      .catch(running.reject);
    try {
      await running.promise;
    } catch (e) {
      if (this.#running === running) this.#running = null;
      if (e instanceof Refusal && e.mayRetry) this.#wish();
      throw e;
    }
  }

  #synced(answer: SyncAnswer): void {
    this.#received = 0;
    this.#lastSign = Date.now();
    // Holes seen before this place in the stream are mended by what follows it.
    this.#wished = false;
    const running = this.#running;
    this.#running = null;
    try {
      if (!this.feed.synced(answer)) this.#wish();
      running?.resolve();
    } catch (e) {
      running?.reject(e);
    }
  }

  #wish(): void {
    // While a Sync is under way everything that is still missing belongs to the delivery that it replaces.
    if (this.#running) return;
    this.#wished = true;
    void this.#repair();
  }

  async #repair(): Promise<void> {
    if (this.#repairing) return;
    this.#repairing = true;
    try {
      while (this.#wished && !this.session.over.aborted) {
        // A lossy line is worth a Sync for each loss; one that brings nothing at all is asked less and less often.
        if (this.feed.progress !== this.#progress) this.#pace.reset();
        this.#progress = this.feed.progress;
        await pause(this.#pace.next(), this.session.over);
        if (!this.#wished || this.session.over.aborted) break;
        try {
          await this.now();
        } catch (e) {
          if (!(e instanceof Refusal && e.mayRetry)) throw e;
        }
      }
    } catch (e) {
      if (!(e instanceof SessionLost)) this.session.end('closed', { code: 'lost', detail: textOf(e) });
    } finally {
      this.#repairing = false;
    }
  }

  async #watch(): Promise<void> {
    const { over } = this.session;
    while (!over.aborted) {
      const wait = checkpointLimit - (Date.now() - this.#lastSign);
      if (wait <= 0) {
        this.session.end('silent', { code: 'silent', seconds: checkpointLimit / 1000 });
        return;
      }
      const due = Date.now() + wait;
      await pause(wait, over);
      // After a sleep the silence was ours: the connection gets a moment to speak.
      if (Date.now() - due > sleptAfter)
        this.#lastSign = Math.max(this.#lastSign, Date.now() - checkpointLimit + sleptAfter);
    }
  }
}
