import type { ChatEvent, EventPage, PageRequest } from '../wire/contract';
import type { Recorder } from './recorder';
import type { RoomList } from './roomList';
import { afterPage } from './rooms';

/** Rooms whose newest page is fetched unasked, to show their last line, and how much of it. */
const warmRooms = 50;
const warmPage = 50;

export interface RoomHistoryParts {
  readonly list: RoomList;
  readonly recorder: Recorder;
  /** Asks the server. Rejects with a `Refusal`. */
  ask(roomId: string, page: PageRequest): Promise<EventPage>;
  /** Where a room stands; 0 if it is not mine. */
  cursor(roomId: string): number;
  connected(): boolean;
}

/** What the server still knows of the rooms. What it tells is stored, and shown in the list where it is the newest. */
export class RoomHistory {
  /** What comes of a room while an answer is on its way. */
  readonly #meanwhile = new Set<{ readonly roomId: string; readonly events: ChatEvent[] }>();

  constructor(private readonly parts: RoomHistoryParts) {}

  /** Rejects with a `Refusal`. */
  async page(roomId: string, page: PageRequest): Promise<EventPage> {
    const { list, recorder, ask, cursor } = this.parts;
    const meanwhile = { roomId, events: [] as ChatEvent[] };
    this.#meanwhile.add(meanwhile);
    const answer = await ask(roomId, page).finally(() => this.#meanwhile.delete(meanwhile));
    const state = list.get(roomId);
    if (!state) return answer;
    // The page alone may not be the newest any more, and what came after it may have changed its messages.
    const events = [...answer.events];
    for (const e of meanwhile.events) if (e.seq === lastOf(events) + 1) events.push(e);
    if (lastOf(events) >= cursor(roomId)) list.set(roomId, afterPage(state, events));
    recorder.note([roomId], answer.events);
    return answer;
  }

  /** An event has come in its turn. */
  came(e: ChatEvent): void {
    for (const { roomId, events } of this.#meanwhile) if (roomId === e.roomId) events.push(e);
  }

  /** Fetches the last line of those of these rooms that this browser has never seen. */
  async warm(roomIds: Iterable<string>): Promise<void> {
    const { list } = this.parts;
    const unseen = [...roomIds].filter((id) => {
      const state = list.get(id);
      return state && !state.activity && state.room.head > 0;
    });
    for (const id of unseen.slice(0, warmRooms))
      try {
        await this.page(id, { limit: warmPage });
      } catch {
        // One room may be out of order. Without a connection, the next one goes on.
        if (!this.parts.connected()) return;
      }
  }
}

const lastOf = (events: readonly ChatEvent[]): number => events.at(-1)?.seq ?? 0;
