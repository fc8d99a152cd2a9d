import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Invitation, SyncAnswer, UserRef } from '../wire/contract';

/** My waiting invitations, and the people whom I have blocked. */
export class Consent {
  readonly #invitations: Signal<readonly Invitation[]> = signal([]);
  readonly #blocked: Signal<ReadonlyMap<string, UserRef>> = signal(new Map());
  #known = false;
  #due = false;
  #asking = false;

  /** `ask`: calls the hub; null while there is no connection. */
  constructor(private readonly ask: <T>(method: string) => Promise<T> | null) {}

  get invitations(): ReadonlySignal<readonly Invitation[]> {
    return this.#invitations;
  }
  get blocked(): ReadonlySignal<ReadonlyMap<string, UserRef>> {
    return this.#blocked;
  }

  isBlocked(userId: string): boolean {
    return this.#blocked.peek().has(userId);
  }

  synced(answer: SyncAnswer): void {
    this.#known = answer.features?.includes('consent') ?? false;
    this.#invitations.value = answer.invitations ?? [];
  }

  invited(invitation: Invitation): void {
    this.#invitations.value = [invitation, ...this.#without(invitation.room.id)];
  }

  /** It was answered, or I am in the room. */
  answered(roomId: string): void {
    const rest = this.#without(roomId);
    if (rest.length < this.#invitations.peek().length) this.#invitations.value = rest;
  }

  /** Another device may have blocked somebody, and no signal tells. Asked for during a question, it asks once more. */
  async refresh(): Promise<void> {
    if (!this.#known) return;
    this.#due = true;
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#due) {
        this.#due = false;
        const blocked = await this.ask<readonly UserRef[]>('Blocked');
        if (blocked) this.#blocked.value = new Map(blocked.map((user) => [user.id, user]));
      }
    } catch {
      // The next connection asks again.
    } finally {
      this.#asking = false;
    }
  }

  setBlocked(user: UserRef, blocked: boolean): void {
    const all = new Map(this.#blocked.peek());
    if (blocked) all.set(user.id, user);
    else all.delete(user.id);
    this.#blocked.value = all;
  }

  #without(roomId: string): readonly Invitation[] {
    return this.#invitations.peek().filter((i) => i.room.id !== roomId);
  }
}
