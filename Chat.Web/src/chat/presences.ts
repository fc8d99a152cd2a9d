import { type ReadonlySignal, signal } from '@preact/signals';
import type { Presence, PresenceState } from '../wire/contract';

/** After a Sync the server says again who is there; whoever it has not named by then is not. Milliseconds. */
const namedWithin = 3_000;

/** Who is there, as far as the server says. */
export class Presences {
  readonly #states = signal<ReadonlyMap<string, PresenceState>>(new Map());
  #unconfirmed = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly connected: () => boolean) {}

  get states(): ReadonlySignal<ReadonlyMap<string, PresenceState>> {
    return this.#states;
  }

  heard(users: readonly Presence[]): void {
    for (const { userId } of users) this.#unconfirmed.delete(userId);
    this.#states.value = new Map([...this.#states.peek(), ...users.map((u) => [u.userId, u.state] as const)]);
  }

  /** What was known before may be out of date. Kept for the moment, so that nobody seems to go and come back. */
  synced(): void {
    this.#unconfirmed = new Set(this.#states.peek().keys());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // A connection that has broken by then could not name anybody; the next one will.
      if (this.#unconfirmed.size === 0 || !this.connected()) return;
      this.#states.value = new Map([...this.#states.peek()].filter(([id]) => !this.#unconfirmed.has(id)));
    }, namedWithin);
  }
}
