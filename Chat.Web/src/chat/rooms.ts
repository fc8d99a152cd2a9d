import { mentions } from '../text/mentions';
import type { ChatEvent, Room, User, UserRef } from '../wire/contract';

/** The most members that come with a room. */
export const listedMembers = 200;

export interface LastLine {
  readonly seq: number;
  readonly sender: UserRef;
  /** null: it was deleted. */
  readonly body: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What is known of one of my rooms. The functions here are pure. */
export interface RoomState {
  readonly room: Room;
  readonly lastLine: LastLine | null;
  /** When its newest event was; milliseconds since 1970, 0 if not known. */
  readonly activity: number;
  /** The number of the newest message that names me; 0 if there is none. */
  readonly namedAt: number;
  /** How far others have read: user id → number. */
  readonly markers: Readonly<Record<string, number>>;
}

/** A room as the server describes it, with what was known of it before. */
export function snapshot(room: Room, before: RoomState | undefined, accepted: number): RoomState {
  // It may have been taken before events and markers that we have already.
  const newest = accepted > room.head ? { ...room, head: accepted } : room;
  const old = before ?? { lastLine: null, activity: 0, namedAt: 0, markers: {} };
  const markers = { ...old.markers };
  for (const [id, seq] of Object.entries(room.seen ?? {})) markers[id] = Math.max(seq, markers[id] ?? 0);
  const state = { ...old, markers };
  const known = before?.room.readUpTo ?? 0;
  return known > room.readUpTo ? readTo({ ...state, room: newest }, known) : { ...state, room: newest };
}

/** The room after an event that came in its turn. */
export function afterEvent(state: RoomState, e: ChatEvent, me: User, blocked = false): RoomState {
  const at = Date.parse(e.at);
  const next = afterPage({ ...state, activity: Math.max(state.activity, at) }, [e]);
  return {
    ...next,
    room: roomAfter(state.room, e, me.id),
    namedAt: namesMe(e, me) && !blocked ? e.seq : state.namedAt,
  };
}

/** The room after a page of its newest events was read: what the list shows of them. */
export function afterPage(state: RoomState, events: readonly ChatEvent[]): RoomState {
  let { lastLine, activity } = state;
  for (const e of events) {
    activity = Math.max(activity, Date.parse(e.at));
    if (e.type === 'message' && e.seq >= (lastLine?.seq ?? 0))
      lastLine = { seq: e.seq, sender: e.sender, body: e.body ?? null, at: Date.parse(e.at) };
    else if (lastLine && e.target === lastLine.seq) lastLine = { ...lastLine, body: changed(lastLine, e) };
  }
  return { ...state, lastLine, activity };
}

/**
 * The room after I have read up to a number. How many of the later events are messages is not known here, so `unread` is what can be
 * said: no more than there are events.
 */
export function readTo(state: RoomState, seq: number): RoomState {
  const { room } = state;
  if (seq <= room.readUpTo) return state;
  const unread = Math.min(room.unread, Math.max(0, room.head - seq));
  return { ...state, room: { ...room, readUpTo: seq, unread } };
}

/** Whether an unread message names me, or the room is a direct one and has any. */
export const mentioned = ({ room, namedAt }: RoomState): boolean =>
  room.unread > 0 && (room.kind === 'direct' || namedAt > room.readUpTo);

/** A message of somebody else that says `@me`. */
export const namesMe = (e: ChatEvent, me: User): boolean =>
  e.type === 'message' && e.sender.id !== me.id && e.body !== undefined && mentions(e.body, me.name);

export const isOthersMessage = (e: ChatEvent, me: string): boolean => e.type === 'message' && e.sender.id !== me;

function roomAfter(before: Room, e: ChatEvent, me: string): Room {
  // What the snapshot has seen, it has counted: after a reconnect older events come once more.
  const counted = e.seq <= before.head;
  const room = { ...before, head: Math.max(before.head, e.seq) };
  switch (e.type) {
    case 'message':
      return !counted && isOthersMessage(e, me) && e.seq > room.readUpTo ? { ...room, unread: room.unread + 1 } : room;
    case 'join':
      return { ...room, ...count(room, counted, 1), members: joined(room.members, e.sender) };
    case 'leave':
      return { ...room, ...count(room, counted, -1), members: room.members.filter((m) => m.id !== e.sender.id) };
    case 'room':
      return { ...room, ...e.room };
    default:
      return room;
  }
}

/** The page keeps no more members than a snapshot lists; the server lists the others page by page. */
const joined = (members: readonly UserRef[], user: UserRef): readonly UserRef[] =>
  members.length >= listedMembers || members.some((m) => m.id === user.id) ? members : [...members, user];

/** An older server sends no member count. */
const count = ({ memberCount }: Room, counted: boolean, change: number): Pick<Room, 'memberCount'> =>
  counted || memberCount === undefined ? {} : { memberCount: Math.max(0, memberCount + change) };

function changed(line: LastLine, e: ChatEvent): string | null {
  if (e.type === 'delete') return null;
  const edits = e.type === 'edit' && e.sender.id === line.sender.id && e.body !== undefined && line.body !== null;
  return edits ? (e.body ?? null) : line.body;
}
