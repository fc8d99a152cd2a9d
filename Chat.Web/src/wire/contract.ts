/** The wire contract of docs/protocol.md as types. Times are ISO 8601 in UTC; absent means none; event numbers (`seq`) run from 1. */

export type UserKind = 'guest' | 'member' | 'bot';
export type RoomKind = 'public' | 'private' | 'direct';
export type PresenceState = 'online' | 'away' | 'offline';

export interface UserRef {
  readonly id: string;
  readonly name: string;
  /** Absent where an older server wrote it. */
  readonly kind?: UserKind;
}

export interface User extends UserRef {
  readonly kind: UserKind;
}

export interface Room {
  readonly id: string;
  readonly kind: RoomKind;
  readonly name: string;
  readonly topic?: string;
  /** The number of the newest event. */
  readonly head: number;
  readonly readUpTo: number;
  /** Messages of others after `readUpTo`. */
  readonly unread: number;
  /** The number of the event that made me a member. */
  readonly joined: number;
  /** The first 200 by name; `Members` lists all of them. */
  readonly members: readonly UserRef[];
  /** The number of members; absent where the server is older. */
  readonly memberCount?: number;
  /** The id of the owner; absent in a direct room. */
  readonly owner?: string;
  /** The ids of the first 20 moderators. */
  readonly moderators?: readonly string[];
  /** Direct rooms: how far each has read; user id → number. */
  readonly seen?: Readonly<Record<string, number>>;
  /** A direct room that waits for consent: who asked. No presence, typing or read markers until it is answered. */
  readonly request?: 'mine' | 'theirs';
  /** The people whom I have invited and who have not accepted. */
  readonly invited?: readonly UserRef[];
}

/** Somebody whom I do not know wants me in a room. */
export interface Invitation {
  readonly room: Pick<Room, 'id' | 'kind' | 'name'>;
  readonly by: UserRef;
  readonly at: string;
}

export interface RoomMember extends UserRef {
  readonly role: 'owner' | 'moderator' | 'member';
  readonly joinedAt: string;
}

/** Some members by name. It may be short, or empty, where `next` still names another page. */
export interface MemberPage {
  readonly members: readonly RoomMember[];
  readonly next?: string;
}

export type EventType = 'message' | 'edit' | 'delete' | 'reaction' | 'join' | 'leave' | 'room';

export interface ChatEvent {
  readonly roomId: string;
  readonly seq: number;
  readonly id: string;
  /** One of {@link EventType}, or a newer one: skipped, but its number counts. */
  readonly type: EventType | (string & {});
  readonly sender: UserRef;
  readonly at: string;
  readonly clientId?: string;
  /** Absent on a message: it was deleted. */
  readonly body?: string;
  readonly replyTo?: number;
  readonly target?: number;
  readonly by?: UserRef;
  readonly room?: RoomChange;
  /** The generation, which names the life of the server's database in which the event was written; opaque. */
  readonly generation?: string;
}

export interface RoomChange {
  readonly name?: string;
  readonly topic?: string;
}

export interface NewRoom {
  readonly name: string;
  readonly kind: 'public' | 'private';
  readonly topic?: string;
}

export interface NewMessage {
  readonly clientId: string;
  readonly body: string;
  readonly replyTo?: number;
}

export interface WireError {
  readonly code: string;
  readonly message: string;
}

export interface SendResult {
  readonly clientId: string;
  readonly seq?: number;
  readonly id?: string;
  readonly at?: string;
  readonly error?: WireError;
}

export interface EventPage {
  readonly events: readonly ChatEvent[];
  readonly head: number;
}

export interface PageRequest {
  readonly before?: number;
  readonly after?: number;
  readonly limit?: number;
}

export interface SyncAnswer {
  readonly user: User;
  readonly rooms: readonly Room[];
  /**
   * Rooms in which the server no longer has the event at my cursor. My cursors and events of these rooms are invalid.
   */
  readonly reset?: readonly string[];
  readonly invitations?: readonly Invitation[];
  readonly features?: readonly string[];
}

export interface Presence {
  readonly userId: string;
  readonly state: PresenceState;
}

export const limits = {
  /** Bytes of UTF-8 in a message body after trimming. */
  bodyBytes: 16_384,
  /** Events in a page. */
  page: 200,
  /** Messages in one `Send`. */
  batch: 100,
  /** Bytes of one hub message. */
  hubMessageBytes: 64 * 1024,
  nameMin: 2,
  nameMax: 32,
  roomNameMax: 64,
  topicMax: 250,
  passwordMin: 8,
  passwordMax: 128,
  reactionBytes: 64,
} as const;
