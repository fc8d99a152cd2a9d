/**
 * Full jitter: each wait is random between zero and a bound that doubles, so that clients which lost the same server do not all come
 * back at the same moment. All times in milliseconds.
 */
export class Backoff {
  #tries = 0;

  /** `first`: the bound of the first wait; it never grows above `max`; no wait is shorter than `floor`. */
  constructor(
    private readonly first: number,
    private readonly max: number,
    private readonly floor = 0,
    private readonly random: () => number = Math.random,
  ) {}

  /** The next wait. */
  next(): number {
    const bound = Math.min(this.max, this.first * 2 ** Math.min(this.#tries++, 40));
    return Math.max(this.floor, bound * this.random());
  }

  /** Starts over, because something worked. */
  reset(): void {
    this.#tries = 0;
  }
}
