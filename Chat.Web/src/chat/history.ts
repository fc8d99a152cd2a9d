import type { Connection } from '../relay/connection';
import type { EventPage, PageRequest } from '../wire/contract';
import type { Recorder } from './recorder';
import type { RoomList } from './roomList';
import { afterPage } from './rooms';

/** Rooms whose newest page is fetched unasked, to show their last line, and how much of it. */
const warmRooms = 50;
const warmPage = 50;

export interface RoomHistoryParts {
  readonly connection: Connection;
  readonly list: RoomList;
  readonly recorder: Recorder;
  /** Where a room stands; 0 if it is not mine. */
  cursor(roomId: string): number;
}

/** What the server still knows of the rooms. What it tells is stored, and shown in the list where it is the newest. */
export class RoomHistory {
  constructor(private readonly parts: RoomHistoryParts) {}

  /** Rejects with a `Refusal`. */
  async page(roomId: string, page: PageRequest): Promise<EventPage> {
    const { connection, list, recorder, cursor } = this.parts;
    const answer = await connection.call<EventPage>('History', [roomId, page]);
    const state = list.get(roomId);
    if (!state) return answer;
    const newest = (answer.events.at(-1)?.seq ?? 0) >= cursor(roomId);
    if (newest) list.set(roomId, afterPage(state, answer.events));
    recorder.note([roomId], answer.events);
    return answer;
  }

  /** Fetches the last line of rooms that this browser has never seen. */
  async warm(): Promise<void> {
    const { connection, list } = this.parts;
    const unseen = [...list.ids()].filter((id) => {
      const state = list.get(id);
      return state && !state.activity && state.room.head > 0;
    });
    for (const id of unseen.slice(0, warmRooms))
      try {
        await this.page(id, { limit: warmPage });
      } catch {
        // One room may be out of order. Without a connection, the next one goes on.
        if (!connection.session) return;
      }
  }
}
