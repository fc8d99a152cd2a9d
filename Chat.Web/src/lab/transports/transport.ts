import type { ChatEvent } from '../../wire/contract';
import type { Guest } from '../guest';

/** What every way of talking needs to know. */
export interface Place {
  readonly guest: Guest;
  readonly roomId: string;
  /** Names the tap: goes with every request. */
  readonly lab: string;
  /** The last number that was received: where to go on. */
  readonly after: () => number;
  readonly received: (event: ChatEvent) => void;
  /** Milliseconds between two short polls. */
  readonly interval: number;
}

/** One connection, or one series of requests, as the page sees it. */
export interface Transport {
  /** Resolves when events can come. Rejects if it does not work. */
  readonly opened: Promise<void>;
  /** Resolves when it is over by itself, or closed. Never rejects. */
  readonly over: Promise<void>;
  /** Resolves when the server has the message. */
  send(clientId: string, body: string): Promise<void>;
  close(): void;
}

export const eventTypes = ['message', 'edit', 'delete', 'reaction', 'join', 'leave', 'room'] as const;

/** An address of the room, with what every request of the lab carries first. */
export function address({ roomId, lab }: Place, path: string, query: Readonly<Record<string, string>> = {}): string {
  return `/api/rooms/${encodeURIComponent(roomId)}${path}?${new URLSearchParams({ lab, ...query })}`;
}

/** How all send that cannot send by themselves. */
export async function post(place: Place, clientId: string, body: string): Promise<void> {
  await place.guest.call(address(place, '/messages'), 'POST', { clientId, body });
}
