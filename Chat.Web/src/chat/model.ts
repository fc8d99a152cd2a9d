/**
 * What the page shows, and what a person can do: the one seam between the engine (relay/, store/, chat/) and the page (ui/).
 * The page reads signals and calls methods; it never sees a connection or a database.
 */
import type { ReadonlySignal, Signal } from '@preact/signals';
import type {
  ChatEvent,
  Invitation,
  MemberPage,
  NewRoom,
  PresenceState,
  Room,
  RoomChange,
  User,
  UserRef,
} from '../wire/contract';

export type TransportKind = 'webSockets' | 'serverSentEvents' | 'longPolling';
export const transportKinds: readonly TransportKind[] = ['webSockets', 'serverSentEvents', 'longPolling'];

export interface ConnectionStatus {
  /** `failed`: the server refused for good (signed out, say); it will not be tried again by itself. */
  readonly state: 'connecting' | 'connected' | 'failed';
  /** In use, or being tried. */
  readonly transport: TransportKind | null;
  /** Why it last changed: a code for the translations, with what fills its places. */
  readonly reason: Reason;
  /** When it last changed; milliseconds since 1970. */
  readonly since: number;
  /** Tries since it was last connected. */
  readonly attempt: number;
  /** Of the last measured call, in milliseconds. */
  readonly roundTrip: number | null;
}

/** `{code: 'no_answer', transport: 'webSockets', seconds: 3}`: translated as `reason.no_answer`. */
export type Reason = { readonly code: ReasonCode } & Readonly<Record<string, string | number>>;

export type ReasonCode =
  | 'starting' // the first try
  | 'connected' // straight away
  | 'fell_back' // {from}: another transport did not work
  | 'moved_up' // {transport}: a better transport works again
  | 'forced' // {transport}: the person's choice
  | 'automatic' // the person gave the choice back
  | 'lost' // {detail}: the connection broke or was closed
  | 'silent' // {seconds}: it stayed open, but nothing came any more
  | 'no_answer' // {transport, seconds}: the transport opened, but brought no answer
  | 'transport_failed' // {transport, detail}
  | 'unreachable' // {detail}: nobody answered
  | 'offline' // the browser says that there is no network
  | 'woke' // back from sleep or from offline
  | 'asked' // the person pressed "try now"
  | 'refused'; // {error, detail}: the server refused for good

export interface Reaction {
  readonly body: string;
  readonly users: readonly UserRef[];
}

/** A message with everything that later events changed about it. */
export interface Message {
  readonly roomId: string;
  readonly seq: number;
  readonly clientId?: string;
  readonly sender: UserRef;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** null: it was deleted. */
  readonly body: string | null;
  readonly edited: boolean;
  readonly replyTo?: number;
  readonly reactions: readonly Reaction[];
}

/** A message of mine that is not acknowledged yet. */
export interface OutboxEntry {
  readonly roomId: string;
  readonly clientId: string;
  readonly body: string;
  readonly replyTo?: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /**
   * `pending`: stored here, not acknowledged. `sent`: acknowledged with number `seq`, its event is on the way.
   * `failed`: refused for good with `error`; waits for retry or discard.
   */
  readonly state: 'pending' | 'sent' | 'failed';
  readonly seq?: number;
  /** Why it failed, or why it still waits. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** One line of a timeline, ascending by number; the outbox at the end. `key` stays the same when an own message gets its number. */
export type Item =
  | { readonly kind: 'message'; readonly key: string; readonly seq: number; readonly message: Message }
  | { readonly kind: 'notice'; readonly key: string; readonly seq: number; readonly event: ChatEvent } // join, leave, room
  | { readonly kind: 'outbox'; readonly key: string; readonly entry: OutboxEntry };

/** A window on one room's log, which moves. From the local cache where that has it, else from the server. */
export interface Timeline {
  readonly roomId: string;
  /** Without holes from the first to the last; the outbox follows only while `atEnd`. */
  readonly items: ReadonlySignal<readonly Item[]>;
  /** The first event of the room is in it. */
  readonly atStart: ReadonlySignal<boolean>;
  /** The newest event is in it, and new ones are added as they come. */
  readonly atEnd: ReadonlySignal<boolean>;
  readonly loading: ReadonlySignal<'older' | 'newer' | 'around' | null>;
  /** Why the last loading did not work; null if it did. */
  readonly error: ReadonlySignal<string | null>;
  /** Adds a page before the first, and may drop far ones at the end. */
  older(): Promise<void>;
  /** Adds a page after the last, and may drop far ones at the start. */
  newer(): Promise<void>;
  /** Moves the window so that this number is in it. Resolves to false if there is no such message. */
  around(seq: number): Promise<boolean>;
  /** Moves the window to the end. */
  latest(): Promise<void>;
  /** One message: from the window, the cache or the server; null if it can't be had. For quotes. */
  message(seq: number): Promise<Message | null>;
}

export type NotifyLevel = 'all' | 'mentions' | 'none';

/** A room in the list. */
export interface RoomEntry {
  readonly room: Room;
  /** Messages of others that I have not read. */
  readonly unread: number;
  /** Whether one of them names me, or the room is a direct one and has any. */
  readonly mentioned: boolean;
  readonly lastLine: { readonly sender: UserRef; readonly body: string | null; readonly at: number } | null;
  readonly hasDraft: boolean;
  readonly outbox: number;
}

/** A message of somebody else that has just come, for notifications. */
export interface Arrival {
  readonly room: Room;
  readonly message: Message;
  readonly mentioned: boolean;
}

/** Everything one signed-in person sees and does. All calls that reach the server reject with a `Refusal`. */
export interface Chat {
  readonly me: ReadonlySignal<User>;
  /** My rooms, the one with the newest event first. */
  readonly rooms: ReadonlySignal<readonly RoomEntry[]>;
  /** All that I have written and is not in my rooms' logs yet, also for rooms that are mine no more. */
  readonly outbox: ReadonlySignal<readonly OutboxEntry[]>;
  readonly status: ReadonlySignal<ConnectionStatus>;
  /** The transport that the person forces; null: the best that works. Kept. */
  readonly forced: ReadonlySignal<TransportKind | null>;
  readonly presence: ReadonlySignal<ReadonlyMap<string, PresenceState>>;
  /** The rooms that I am invited to, the newest invitation first. */
  readonly invitations: ReadonlySignal<readonly Invitation[]>;
  /** The people whom I have blocked, by id: their messages are folded, and their typing and presence do not come. */
  readonly blocked: ReadonlySignal<ReadonlyMap<string, UserRef>>;
  /** Cursors and rooms have been brought up to date from the server at least once in this page. */
  readonly synced: ReadonlySignal<boolean>;
  /** The local database cannot be used (private window, full disk, other version): said plainly to the person. */
  readonly storageError: ReadonlySignal<string | null>;

  room(roomId: string): ReadonlySignal<RoomEntry | null>;
  timeline(roomId: string): Timeline;
  /** Who is typing there now, without me. */
  typing(roomId: string): ReadonlySignal<readonly UserRef[]>;
  /** How far others have read: user id → number. Known for direct rooms. */
  readMarkers(roomId: string): ReadonlySignal<ReadonlyMap<string, number>>;
  /** What is written but not sent; kept, and shared by all tabs. */
  draft(roomId: string): Signal<string>;
  /** Called for each new message of others; returns how to stop. */
  onArrival(listener: (arrival: Arrival) => void): () => void;

  /**
   * Shows the message and empties the room's draft at once. Resolves when it is stored locally: from then on it gets there, once.
   * Rejects with a `Refusal` if it can never be sent, and the message is shown no more.
   */
  send(roomId: string, body: string, replyTo?: number): Promise<void>;
  retry(clientId: string): Promise<void>;
  discard(clientId: string): Promise<void>;
  edit(roomId: string, seq: number, body: string): Promise<void>;
  remove(roomId: string, seq: number): Promise<void>;
  /** An empty body takes mine back. */
  react(roomId: string, seq: number, body: string): Promise<void>;
  /** I have seen everything up to this number; never goes back. */
  markRead(roomId: string, seq: number): void;
  /** Called on each key; tells the server now and then. */
  sayTyping(roomId: string): void;

  openDirect(userName: string): Promise<Room>;
  createRoom(room: NewRoom): Promise<Room>;
  changeRoom(roomId: string, change: RoomChange): Promise<Room>;
  join(roomId: string): Promise<Room>;
  leave(roomId: string): Promise<void>;
  invite(roomId: string, userName: string): Promise<Room>;
  removeMember(roomId: string, userName: string): Promise<void>;
  publicRooms(query?: string): Promise<readonly Room[]>;
  /** A page of a room's members by name; `before` is the `next` of the page before. */
  members(roomId: string, query?: string, before?: string): Promise<MemberPage>;

  /** Accepts a direct room that another person has asked for, or hides it. Nobody is told of a refusal. */
  answerRequest(roomId: string, accept: boolean): Promise<void>;
  /** Joins a room that I am invited to, or declines. */
  answerInvitation(roomId: string, accept: boolean): Promise<void>;
  block(user: UserRef): Promise<void>;
  unblock(user: UserRef): Promise<void>;

  force(transport: TransportKind | null): void;
  /** Tries at once instead of waiting. */
  tryNow(): void;
  /** Measures a round trip now; resolves to milliseconds, or null if there is no connection. */
  ping(): Promise<number | null>;
  /** Ends the sign-in and removes everything that is stored here. */
  signOut(): Promise<void>;
  /** Closes the connection; the page goes away. */
  stop(): void;
}
