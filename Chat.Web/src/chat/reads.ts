import { Refusal } from '../wire/refusal';

/** Tells the server how far I have read: only the newest of each room, when there is a connection, one call at a time. */
export class Reads {
  readonly #unsent = new Map<string, number>();
  #flushing = false;

  /** `send` resolves when the server has it; rejects with a `Refusal`, or anything else if no answer came. null: not connected. */
  constructor(private readonly send: (roomId: string, seq: number) => Promise<unknown> | null) {}

  mark(roomId: string, seq: number): void {
    this.#unsent.set(roomId, Math.max(seq, this.#unsent.get(roomId) ?? 0));
    void this.flush();
  }

  /** The server knows this much. */
  known(roomId: string, seq: number): void {
    if ((this.#unsent.get(roomId) ?? 0) <= seq) this.#unsent.delete(roomId);
  }

  /** Sends what waits. */
  async flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        const [roomId, seq] = next;
        const call = this.send(roomId, seq);
        if (!call) return;
        try {
          await call;
        } catch (e) {
          // Not my room any more, for instance: a marker is not worth an error. What may be tried again is, after the next mark or Sync.
          if (!(e instanceof Refusal) || e.mayRetry) return;
        }
        this.known(roomId, seq);
      }
    } finally {
      this.#flushing = false;
    }
  }

  #next(): readonly [string, number] | undefined {
    return this.#unsent.entries().next().value;
  }
}
