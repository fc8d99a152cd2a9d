import { Backoff } from '../relay/backoff';
import { SessionLost } from '../relay/session';
import { pause } from '../relay/wait';
import type { Store, StoredMessage } from '../store/store';
import { limits, type NewMessage, type SendResult, type WireError } from '../wire/contract';
import { Refusal } from '../wire/refusal';
import type { Exclusive } from './locks';
import { wireBytes, wireMessage } from './outbox';

/** Leaves a quarter of a hub message to spare. */
const batchBytes = 48 * 1024;

/** A larger batch is tried only after one that took less than this; so twice the size stays far from the end of a call's time. */
const quick = 2_000;

/** What the sender tells of its work. */
export interface SenderNews {
  acknowledged(results: readonly SendResult[]): void;
  /** Refused for good; stored as such. */
  refused(): void;
  /** Why these wait. */
  note(clientIds: readonly string[], error: WireError): void;
}

/** One call of Send on the connection as it is now; null if there is none. Rejects with a `Refusal` or `SessionLost`. */
export type SendBatch = (roomId: string, messages: readonly NewMessage[]) => Promise<readonly SendResult[]> | null;

type Outcome = { readonly wait: Refusal | null; readonly most: number } | 'idle';

/** How a room is sent to. It outlives a lost connection: what was too much for a slow line still is on the next one. */
interface Sending {
  running: boolean;
  again: boolean;
  most: number;
  readonly pace: Backoff;
}

/**
 * Sends what is in the outbox: in each room in order, one batch in flight in all tabs together, and the same batch again with the same
 * client ids until it is answered. Rooms do not wait for each other.
 */
export class OutboxSender {
  readonly #rooms = new Map<string, Sending>();
  readonly #stop = new AbortController();

  constructor(
    private readonly userId: string,
    private readonly store: Store,
    private readonly send: SendBatch,
    private readonly exclusive: Exclusive,
    private readonly news: SenderNews,
  ) {}

  /** There may be something to send in a room, or a connection to send it. */
  kick(roomId: string): void {
    let room = this.#rooms.get(roomId);
    if (!room) {
      room = { running: false, again: false, most: limits.batch, pace: new Backoff(200, 5_000, 50) };
      this.#rooms.set(roomId, room);
    }
    if (room.running) room.again = true;
    else void this.#run(roomId, room);
  }

  stop(): void {
    this.#stop.abort();
  }

  async #run(roomId: string, room: Sending): Promise<void> {
    room.running = true;
    try {
      while (!this.#stop.signal.aborted) {
        room.again = false;
        const outcome = await this.exclusive(`chat-outbox-${this.userId}-${roomId}`, () => this.#batch(roomId, room));
        if (outcome === 'idle') {
          if (room.again) continue;
          break;
        }
        room.most = outcome.most;
        if (outcome.wait) await pause(Math.max(room.pace.next(), outcome.wait.retryAfter ?? 0), this.#stop.signal);
        else room.pace.reset();
      }
    } catch {
      // The lock cannot be had in a page that goes away; what waits is sent by the next one, or at the next kick.
    } finally {
      room.running = false;
    }
  }

  async #batch(roomId: string, room: Sending): Promise<Outcome> {
    // Read under the lock: another tab may have sent what was there a moment ago.
    if (this.#stop.signal.aborted) return 'idle';
    const { most } = room;
    const batch = fitting((await this.store.outbox(roomId)).filter((m) => !m.error).slice(0, most));
    if (batch.length === 0) {
      room.most = limits.batch;
      room.pace.reset();
      return 'idle';
    }
    const begin = performance.now();
    const call = this.send(roomId, batch.map(wireMessage));
    if (!call) return 'idle';
    // A batch may be larger than what the rate leaves room for, or than a slow line carries in time: a smaller one gets through.
    const smaller = Math.max(1, Math.floor(batch.length / 2));
    try {
      const wait = await this.#apply(batch, await call);
      return { wait, most: performance.now() - begin < quick ? Math.min(limits.batch, most * 2) : most };
    } catch (e) {
      // Whether it was carried out is not known; the same client ids make it harmless to ask again.
      if (e instanceof SessionLost) return { wait: null, most: smaller };
      const refusal = e instanceof Refusal ? e : new Refusal('unavailable', String(e));
      if (refusal.mayRetry) {
        this.news.note(ids(batch), { code: refusal.code, message: refusal.message });
        return { wait: refusal, most: smaller };
      }
      // One of them is guilty: one by one it shows which.
      if (batch.length > 1 && ['invalid', 'too_large', 'key_reused'].includes(refusal.code))
        return { wait: null, most: 1 };
      for (const m of batch) await this.store.refuse(m.clientId, { code: refusal.code, message: refusal.message });
      this.news.refused();
      return { wait: null, most: limits.batch };
    }
  }

  /** Why it has to wait, if it has to. */
  async #apply(batch: readonly StoredMessage[], results: readonly SendResult[]): Promise<Refusal | null> {
    const done: SendResult[] = [];
    let wait: Refusal | null = null;
    let refused = false;
    for (const m of batch) {
      const result = results.find((r) => r.clientId === m.clientId);
      const missing = { code: 'unavailable', message: "The server's answer leaves this message out." };
      const error = result?.error ?? missing;
      if (result?.seq !== undefined) done.push(result);
      else if (!new Refusal(error.code, error.message).mayRetry) {
        await this.store.refuse(m.clientId, error);
        refused = true;
      } else {
        this.news.note([m.clientId], error);
        wait ??= new Refusal(error.code, error.message);
      }
    }
    if (done.length > 0) {
      await this.store.take(done.map((r) => r.clientId));
      this.news.acknowledged(done);
    }
    if (refused) this.news.refused();
    return wait;
  }
}

const ids = (batch: readonly StoredMessage[]): string[] => batch.map((m) => m.clientId);

/** As many from the front as fit into one call; at least one. */
function fitting(waiting: readonly StoredMessage[]): readonly StoredMessage[] {
  let bytes = 0;
  const end = waiting.findIndex((m, i) => {
    bytes += wireBytes(m);
    return bytes > batchBytes && i > 0;
  });
  return end < 0 ? waiting : waiting.slice(0, end);
}
