import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { UserRef } from '../wire/contract';

const lasts = 6_000;
const tellEvery = 3_000;

/** Who is typing where; forgotten when they say no more, or when their message comes. */
export class Typing {
  readonly #rooms = new Map<string, Signal<readonly UserRef[]>>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #told = new Map<string, number>();

  of(roomId: string): ReadonlySignal<readonly UserRef[]> {
    return this.#room(roomId);
  }

  heard(roomId: string, user: UserRef): void {
    const room = this.#room(roomId);
    if (!room.value.some((u) => u.id === user.id)) room.value = [...room.value, user];
    clearTimeout(this.#timers.get(roomId + user.id));
    this.#timers.set(
      roomId + user.id,
      setTimeout(() => this.stopped(roomId, user.id), lasts),
    );
  }

  stopped(roomId: string, userId: string): void {
    clearTimeout(this.#timers.get(roomId + userId));
    this.#timers.delete(roomId + userId);
    const room = this.#rooms.get(roomId);
    if (room?.value.some((u) => u.id === userId)) room.value = room.value.filter((u) => u.id !== userId);
  }

  /** Whether it is time to say again that I am typing. */
  mayTell(roomId: string): boolean {
    if (Date.now() - (this.#told.get(roomId) ?? 0) < tellEvery) return false;
    this.#told.set(roomId, Date.now());
    return true;
  }

  /** My message has gone: the next key is news again. */
  sent(roomId: string): void {
    this.#told.delete(roomId);
  }

  #room(roomId: string): Signal<readonly UserRef[]> {
    const room = this.#rooms.get(roomId) ?? signal<readonly UserRef[]>([]);
    this.#rooms.set(roomId, room);
    return room;
  }
}
