import { signal } from '@preact/signals';
import type { ChatEvent, Invitation, Presence, Room, SyncAnswer, User } from '../wire/contract';
import type { Arrivals } from './arrivals';
import type { Consent } from './consent';
import type { FeedListener } from './feed';
import type { RoomHistory } from './history';
import type { Outbox } from './outbox';
import { Presences } from './presences';
import type { Reads } from './reads';
import type { Recorder } from './recorder';
import type { RoomList } from './roomList';
import { afterEvent, isOthersMessage, type RoomState, readTo, snapshot } from './rooms';
import type { Timelines } from './timelines';
import type { Typing } from './typing';

/** What the inbox hands the news to. */
export interface InboxParts {
  readonly list: RoomList;
  readonly recorder: Recorder;
  readonly outbox: Outbox;
  readonly arrivals: Arrivals;
  readonly typing: Typing;
  readonly reads: Reads;
  readonly timelines: Timelines;
  readonly history: RoomHistory;
  readonly consent: Consent;
  /** Where a room stands; 0 if it is not mine. */
  cursor(roomId: string): number;
  readonly connected: () => boolean;
  /** I have read a room further: its number of unread messages may be known better now. */
  recount(roomId: string): void;
}

/** What comes from the server, put where it belongs. */
export class Inbox implements FeedListener {
  readonly me;
  readonly presences;
  /** Rooms and cursors have been brought up to date at least once. */
  readonly upToDate = signal(false);

  constructor(
    me: User,
    private readonly parts: InboxParts,
  ) {
    this.me = signal(me);
    this.presences = new Presences(parts.connected);
  }

  synced(answer: SyncAnswer, gone: readonly string[], restored: readonly string[]): void {
    const { list, recorder, arrivals, reads, timelines, cursor } = this.parts;
    this.me.value = answer.user;
    this.presences.synced();
    this.parts.consent.synced(answer);
    for (const id of gone) this.roomRemoved(id);
    for (const id of restored) {
      list.delete(id);
      recorder.distrust(id);
      timelines.get(id)?.restored();
    }
    for (const room of answer.rooms) {
      const state = snapshot(room, list.get(room.id), cursor(room.id));
      list.set(room.id, state);
      reads.known(room.id, room.readUpTo);
      // An earlier page may not have come to telling it.
      if (state.room.readUpTo > room.readUpTo) reads.mark(room.id, state.room.readUpTo);
    }
    arrivals.synced(answer, cursor);
    recorder.note(answer.rooms.map((r) => r.id));
    list.show();
    this.upToDate.value = true;
  }

  event(e: ChatEvent): void {
    const { list, recorder, outbox, arrivals, typing, timelines, history } = this.parts;
    const me = this.me.peek();
    const blocked = this.parts.consent.isBlocked(e.sender.id);
    this.#change(e.roomId, (state) => afterEvent(state, e, me, blocked));
    recorder.note([e.roomId], [e]);
    timelines.get(e.roomId)?.live(e);
    history.came(e);
    if (e.type === 'message') typing.stopped(e.roomId, e.sender.id);
    if (e.clientId && e.sender.id === me.id) outbox.arrived(e.clientId);
    outbox.passed(e.roomId, e.seq);
    arrivals.came(e, isOthersMessage(e, me.id) && e.body !== undefined && !blocked);
    list.touch(e.roomId);
  }

  skipped(roomId: string, _from: number, to: number): void {
    const { list, recorder, outbox, arrivals, timelines } = this.parts;
    this.#change(roomId, (state) => ({ ...state, room: { ...state.room, head: Math.max(state.room.head, to) } }));
    recorder.distrust(roomId);
    timelines.get(roomId)?.skipped(to);
    outbox.passed(roomId, to);
    arrivals.passed(roomId, to);
    list.touch(roomId);
  }

  roomUpdated(room: Room): void {
    const { list, recorder, cursor, history } = this.parts;
    const known = list.get(room.id);
    list.set(room.id, snapshot(room, known, cursor(room.id)));
    recorder.note([room.id]);
    this.parts.consent.answered(room.id);
    if (known) return;
    void history.warm([room.id]);
    // A person who was blocked may be so no longer.
    if (room.kind === 'direct') void this.parts.consent.refresh();
  }

  roomRemoved(roomId: string): void {
    this.parts.list.delete(roomId);
    this.parts.recorder.forget(roomId);
    // Another device may have blocked the other person.
    void this.parts.consent.refresh();
  }

  readMarker(roomId: string, userId: string, seq: number): void {
    if (userId === this.me.peek().id) {
      this.#change(roomId, (state) => readTo(state, seq));
      this.parts.reads.known(roomId, seq);
      this.parts.recount(roomId);
    } else
      this.#change(roomId, (state) => {
        const known = state.markers[userId] ?? 0;
        return known >= seq ? state : { ...state, markers: { ...state.markers, [userId]: seq } };
      });
    this.parts.recorder.note([roomId]);
  }

  typing(roomId: string, userId: string): void {
    const user = this.parts.list.get(roomId)?.room.members.find((m) => m.id === userId);
    if (user && userId !== this.me.peek().id) this.parts.typing.heard(roomId, user);
  }

  presenceChanged(users: readonly Presence[]): void {
    this.presences.heard(users);
  }

  invited(invitation: Invitation): void {
    this.parts.consent.invited(invitation);
  }

  #change(roomId: string, change: (state: RoomState) => RoomState): void {
    const state = this.parts.list.get(roomId);
    if (state) this.parts.list.set(roomId, change(state));
  }
}
