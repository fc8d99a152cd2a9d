import type { RoomState } from '../chat/rooms';
import type { ChatEvent, PageRequest, WireError } from '../wire/contract';

/** A room as it was when it was stored. */
export interface StoredRoom {
  readonly state: RoomState;
  /** The last number applied. */
  readonly cursor: number;
  /** The generation of the event with that number, where it is known. */
  readonly generation?: string;
}

/** A message that waits to be sent, or was refused. */
export interface StoredMessage {
  /** Its place in the outbox: given by the store, ascending in the order of writing. */
  readonly order: number;
  readonly roomId: string;
  readonly clientId: string;
  readonly body: string;
  readonly replyTo?: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Refused for good; absent: waits. */
  readonly error?: WireError;
}

export interface StoredDraft {
  readonly roomId: string;
  readonly text: string;
}

/** What one moment of the chat changed: stored as a whole, or not at all. */
export interface Changes {
  /** Any events, new or from a page; the same again does nothing. */
  readonly events: readonly ChatEvent[];
  readonly rooms: readonly StoredRoom[];
  /** Rooms that are mine no more. */
  readonly gone: readonly string[];
  /** Rooms whose events may have changed unseen: those stored before go, and a cursor among `rooms` may go back. */
  readonly stale?: readonly string[];
}

/**
 * What is kept on this machine. A cache of the log, and the only place of what is not sent yet.
 * Several tabs write to the same store: all writes are idempotent, and cursors never go back.
 */
export interface Store {
  rooms(): Promise<readonly StoredRoom[]>;
  /** Stores events, cursors and what is known of their places, and takes messages out of the outbox that are among the events, at once. */
  apply(me: string, changes: Changes): Promise<void>;
  /** Events next to `after` or `before`, ascending and without holes; empty if the next one is not stored. */
  page(roomId: string, page: PageRequest & { readonly limit: number }): Promise<readonly ChatEvent[]>;
  /** Known edits, deletions and reactions of the messages with these numbers, ascending by their own number. */
  changesOf(roomId: string, from: number, to: number): Promise<readonly ChatEvent[]>;

  /** Unsent messages in the order of writing; of one room, or of all. */
  outbox(roomId?: string): Promise<readonly StoredMessage[]>;
  /**
   * Resolves when it would survive a crash. `draft`: the room's draft that it was made of, which goes with the same
   * write; a draft that another tab has stored meanwhile stays. The same again does nothing.
   */
  add(message: Omit<StoredMessage, 'order'>, draft?: string): Promise<void>;
  /** Acknowledged or discarded. */
  take(clientIds: readonly string[]): Promise<void>;
  /** Refused for good; does nothing for one that is not there any more. */
  refuse(clientId: string, error: WireError): Promise<void>;
  /** Puts a message at the end, to be sent again, as `clientId`; does nothing if it is not there any more. */
  requeue(clientId: string, as: string): Promise<void>;

  drafts(): Promise<readonly StoredDraft[]>;
  setDraft(roomId: string, text: string): Promise<void>;

  close(): void;
  /** Removes everything. */
  destroy(): Promise<void>;
}
