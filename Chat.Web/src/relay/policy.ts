import { type TransportKind, transportKinds } from '../chat/model';

/** `unreachable`: nobody answered, or the server said "not now". `transport`: it negotiated, but this transport brought no answer. */
export type StartFailure = 'unreachable' | 'transport';
/** How a connection was lost. `silent`: it stayed open, but nothing came any more. */
export type Loss = 'deliberate' | 'closed' | 'silent';

/** A connection that breaks sooner than this after its start counts as a quick failure; milliseconds. */
const quickLife = 10_000;
/** Two quick failures further apart than this have nothing to do with each other. */
const quickWindow = 120_000;
const mostPenalties = 4;
const best: TransportKind = 'webSockets';

/**
 * Which transport to use next. No clock, no I/O: it is told what happened; times are milliseconds.
 *
 * - A transport that does not start gives way to the next one at once; after all have failed there is a wait, and it begins again.
 * - An unreachable server says nothing about transports: back to the one that is known to work, or the best.
 * - A connection lost twice quickly, or silent twice, goes down one; a probe brings it up again.
 */
export class TransportPolicy {
  /** What to try next, or what is in use. */
  current: TransportKind;
  #home: TransportKind;
  #bestProven = false;
  #failedStarts = 0;
  #quickLosses = 0;
  #penalties = 0;
  #failedProbes = 0;
  #connectedAt = 0;
  #lastQuickLoss = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly forced: TransportKind | null,
    remembered: TransportKind | null,
    private readonly probeInterval = 60_000,
  ) {
    this.current = this.#home = forced ?? remembered ?? best;
  }

  /** A try failed. True: try `current` at once; false: wait first. */
  startFailed(failure: StartFailure): boolean {
    if (failure === 'unreachable') {
      // What looked like a failing transport a moment ago was a dying server.
      this.current = this.#home;
      this.#failedStarts = this.#quickLosses = 0;
      return false;
    }
    if (this.forced) return false;
    if (++this.#failedStarts < transportKinds.length) {
      this.current = transportKinds[(rank(this.current) + 1) % transportKinds.length] ?? best;
      return true;
    }
    this.current = this.#home;
    this.#failedStarts = 0;
    return false;
  }

  /** `current` brought an answer. */
  connected(now: number): void {
    this.#connectedAt = now;
    this.#failedStarts = 0;
    if (this.current !== this.#home) this.#failedProbes = 0;
    this.#home = this.current;
    this.#bestProven ||= this.current === best;
  }

  /** The connection on `current` is gone. */
  lost(loss: Loss, now: number): void {
    if (loss === 'deliberate') return;
    if (loss === 'closed' && now - this.#connectedAt >= quickLife) {
      this.#quickLosses = this.#penalties = 0;
      return;
    }
    this.#quickLosses = now - this.#lastQuickLoss > quickWindow ? 1 : this.#quickLosses + 1;
    this.#lastQuickLoss = now;
    const lower = transportKinds[rank(this.current) + 1];
    if (this.#quickLosses < 2 || this.forced || !lower) return;
    this.current = this.#home = lower;
    // A transport that keeps passing the probe and then fails is probed less and less often.
    this.#penalties = Math.min(this.#penalties + 1, mostPenalties);
    this.#quickLosses = this.#failedProbes = 0;
  }

  /** How long to stay on `current` before the better ones are probed; null if there is nothing to probe. */
  get probeAfter(): number | null {
    if (this.forced || this.current === best) return null;
    if (this.#penalties > 0) return this.probeInterval * 2 ** (this.#penalties - 1);
    // The best one has worked before in this page: it was probably the server that stumbled, so look again soon.
    const soon = this.#bestProven && this.#failedProbes < 4;
    return soon ? this.probeInterval / 2 ** (4 - this.#failedProbes) : this.probeInterval;
  }

  /** The transports above `current`, best first. */
  get better(): readonly TransportKind[] {
    return transportKinds.slice(0, rank(this.current));
  }

  /** None of `better` worked. */
  probeFailed(): void {
    this.#failedProbes++;
  }

  /** A probe worked: use it from now on. */
  moveUp(kind: TransportKind): void {
    this.current = this.#home = kind;
    this.#quickLosses = 0;
  }
}

const rank = (kind: TransportKind): number => transportKinds.indexOf(kind);
