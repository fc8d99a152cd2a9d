import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { Connection } from '../relay/connection';
import type { Hub } from '../relay/hub';
import { watchFocus, watchWaking } from '../relay/wake';
import type { Store } from '../store/store';
import * as account from '../wire/account';
import type {
  ChatEvent,
  EventPage,
  Invitation,
  MemberPage,
  NewRoom,
  PresenceState,
  Room,
  RoomChange,
  SendResult,
  User,
  UserRef,
} from '../wire/contract';
import { Refusal } from '../wire/refusal';
import { staySignedIn } from '../wire/staying';
import { Arrivals } from './arrivals';
import { newClientId } from './clientIds';
import { Consent } from './consent';
import { RoomFeed } from './feed';
import { RoomHistory } from './history';
import { Inbox } from './inbox';
import { watchLeaving } from './leaving';
import type { Exclusive } from './locks';
import { messageOf } from './messages';
import type { Arrival, Chat, ConnectionStatus, OutboxEntry, RoomEntry, Timeline, TransportKind } from './model';
import { Outgoing } from './outgoing';
import { Reads } from './reads';
import { Recorder } from './recorder';
import { RoomList } from './roomList';
import { listedMembers, namesMe, readTo } from './rooms';
import { Timelines } from './timelines';
import { Typing } from './typing';
import { countUnread } from './unread';

export interface ChatParts {
  readonly store: Store & { readonly error?: ReadonlySignal<string | null> };
  readonly exclusive: Exclusive;
  readonly open: (kind: TransportKind) => Hub;
}

/** The chat of one person: a connection, a store, and what is shown of both. */
export class RelayChat implements Chat {
  readonly storageError: ReadonlySignal<string | null>;
  readonly #store: Store;
  readonly #connection: Connection;
  readonly #feed: RoomFeed;
  readonly #inbox: Inbox;
  readonly #list: RoomList;
  readonly #recorder: Recorder;
  readonly #outgoing: Outgoing;
  readonly #history: RoomHistory;
  readonly #timelines: Timelines;
  readonly #reads: Reads;
  readonly #consent = new Consent((method) => this.#connection.session?.invoke(method) ?? null);
  readonly #typing = new Typing();
  readonly #listeners = new Set<(arrival: Arrival) => void>();
  readonly #stops: (() => void)[] = [];

  private constructor(user: User, { store, exclusive, open }: ChatParts, stored: Stored) {
    this.#store = store;
    this.storageError = store.error ?? signal(null);
    const cursor = (id: string) => this.#feed.cursor(id) ?? 0;
    this.#outgoing = new Outgoing(
      {
        userId: user.id,
        store,
        exclusive,
        send: (id, messages) => this.#connection.session?.invoke('Send', id, messages) ?? null,
        arrived: (id, seq) => cursor(id) >= seq,
        draftChanged: (id) => this.#list.touch(id),
        outboxChanged: (ids) => this.#outboxChanged(ids),
        signedOut: () => this.#signedOut(),
      },
      stored.drafts,
    );
    const { outbox, drafts } = this.#outgoing;
    this.#list = new RoomList(
      (id) => outbox.entries(id).length,
      (id) => drafts.has(id),
    );
    for (const { state } of stored.rooms) this.#list.set(state.room.id, state);
    this.#list.show();
    this.#recorder = new Recorder(store, user.id, (id) => {
      const [state, cursor] = [this.#list.get(id), this.#feed.cursor(id)];
      const generation = this.#feed.generation(id);
      if (!state || cursor === undefined) return null;
      return generation === undefined ? { state, cursor } : { state, cursor, generation };
    });
    this.#reads = new Reads((id, seq) => this.#connection.session?.invoke('MarkRead', id, seq) ?? null);
    this.#timelines = new Timelines({
      me: user.id,
      newest: (id) => this.#feed.cursor(id),
      outbox: (id) => outbox.entries(id),
      store,
      history: (id, page) => this.#history.page(id, page),
      stored: () => this.#recorder.flush(),
    });
    const connected = () => this.#connection.session !== null;
    this.#history = new RoomHistory({
      list: this.#list,
      recorder: this.#recorder,
      ask: async (id, page) => {
        const answer = await this.#connection.call<EventPage>('History', [id, page]);
        this.#feed.know(answer.events);
        return answer;
      },
      cursor,
      connected,
    });
    this.#inbox = new Inbox(user, {
      list: this.#list,
      recorder: this.#recorder,
      outbox,
      arrivals: new Arrivals((e) => this.#report(e)),
      typing: this.#typing,
      reads: this.#reads,
      timelines: this.#timelines,
      history: this.#history,
      consent: this.#consent,
      cursor,
      connected,
      recount: (id) => void this.#recount(id),
    });
    this.#feed = new RoomFeed(
      user,
      new Map(stored.rooms.map((r) => [r.state.room.id, r.cursor])),
      this.#inbox,
      new Map(stored.rooms.flatMap((r) => (r.generation === undefined ? [] : [[r.state.room.id, r.generation]]))),
    );
    this.#connection = new Connection(open, this.#feed, () => this.#connected());
  }

  /** Reads what is stored, and begins to connect in the background. */
  static async open(user: User, parts: ChatParts): Promise<RelayChat> {
    const [rooms, drafts] = await Promise.all([parts.store.rooms(), parts.store.drafts()]);
    const chat = new RelayChat(user, parts, { rooms, drafts });
    await chat.#outgoing.outbox.load();
    chat.#stops.push(
      watchWaking(
        () => chat.#connection.woke(),
        () => chat.#connection.offline(),
      ),
      watchFocus(() => void chat.#consent.refresh()),
      watchLeaving(() => {
        chat.#outgoing.drafts.flush();
        void chat.#recorder.flush();
      }),
      staySignedIn(),
      chat.storageError.subscribe((error) => {
        if (error === null) chat.#outgoing.storeWorks();
      }),
    );
    chat.#connection.start();
    return chat;
  }

  get me(): ReadonlySignal<User> {
    return this.#inbox.me;
  }
  get rooms(): ReadonlySignal<readonly RoomEntry[]> {
    return this.#list.all;
  }
  get outbox(): ReadonlySignal<readonly OutboxEntry[]> {
    return this.#outgoing.outbox.all;
  }
  get status(): ReadonlySignal<ConnectionStatus> {
    return this.#connection.status;
  }
  get forced(): ReadonlySignal<TransportKind | null> {
    return this.#connection.forced;
  }
  get presence(): ReadonlySignal<ReadonlyMap<string, PresenceState>> {
    return this.#inbox.presences.states;
  }
  get invitations(): ReadonlySignal<readonly Invitation[]> {
    return this.#consent.invitations;
  }
  get blocked(): ReadonlySignal<ReadonlyMap<string, UserRef>> {
    return this.#consent.blocked;
  }
  get synced(): ReadonlySignal<boolean> {
    return this.#inbox.upToDate;
  }

  room(roomId: string): ReadonlySignal<RoomEntry | null> {
    return this.#list.room(roomId);
  }

  timeline(roomId: string): Timeline {
    return this.#timelines.open(roomId);
  }

  typing(roomId: string): ReadonlySignal<readonly UserRef[]> {
    return this.#typing.of(roomId);
  }

  readMarkers(roomId: string): ReadonlySignal<ReadonlyMap<string, number>> {
    return this.#list.markers(roomId);
  }

  draft(roomId: string): Signal<string> {
    return this.#outgoing.drafts.of(roomId);
  }

  onArrival(listener: (arrival: Arrival) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async send(roomId: string, body: string, replyTo?: number): Promise<void> {
    await this.#outgoing.send(roomId, body, replyTo);
    this.#typing.sent(roomId);
  }

  retry(clientId: string): Promise<void> {
    return this.#outgoing.retry(clientId);
  }

  discard(clientId: string): Promise<void> {
    return this.#outgoing.discard(clientId);
  }

  edit(roomId: string, seq: number, body: string): Promise<void> {
    return this.#change('Edit', roomId, seq, { clientId: newClientId(), body });
  }

  remove(roomId: string, seq: number): Promise<void> {
    return this.#change('Delete', roomId, seq, newClientId());
  }

  react(roomId: string, seq: number, body: string): Promise<void> {
    return this.#change('React', roomId, seq, { clientId: newClientId(), body });
  }

  markRead(roomId: string, seq: number): void {
    const state = this.#list.get(roomId);
    if (!state || seq <= state.room.readUpTo) return;
    this.#list.set(roomId, readTo(state, seq));
    this.#recorder.note([roomId]);
    this.#reads.mark(roomId, seq);
    void this.#recount(roomId);
  }

  sayTyping(roomId: string): void {
    const { session } = this.#connection;
    if (session && this.#typing.mayTell(roomId)) session.tell('Typing', roomId);
  }

  openDirect(userName: string): Promise<Room> {
    return this.#room('OpenDirect', [userName]);
  }

  async createRoom(room: NewRoom): Promise<Room> {
    // Whoever repeats it makes a second room.
    return this.#known(await this.#connection.call<Room>('CreateRoom', [room], { repeatable: false }));
  }

  changeRoom(roomId: string, change: RoomChange): Promise<Room> {
    return this.#room('ChangeRoom', [roomId, change]);
  }

  join(roomId: string): Promise<Room> {
    return this.#room('Join', [roomId]);
  }

  leave(roomId: string): Promise<void> {
    return this.#connection.call('Leave', [roomId], { goneIsDone: true });
  }

  invite(roomId: string, userName: string): Promise<Room> {
    return this.#room('Invite', [roomId, userName]);
  }

  removeMember(roomId: string, userName: string): Promise<void> {
    return this.#connection.call('Remove', [roomId, userName], { goneIsDone: true });
  }

  publicRooms(query = ''): Promise<readonly Room[]> {
    return this.#connection.call('PublicRooms', [query]);
  }

  members(roomId: string, query?: string, before?: string): Promise<MemberPage> {
    return this.#connection.call('Members', [roomId, { query, before, limit: listedMembers }]);
  }

  answerRequest(roomId: string, accept: boolean): Promise<void> {
    return this.#connection.call('AnswerRequest', [roomId, accept], { goneIsDone: true });
  }

  async answerInvitation(roomId: string, accept: boolean): Promise<void> {
    await this.#connection.call('AnswerInvitation', [roomId, accept], { goneIsDone: true });
    this.#consent.answered(roomId);
  }

  async block(user: UserRef): Promise<void> {
    await this.#connection.call('Block', [user.id]);
    this.#consent.setBlocked(user, true);
  }

  async unblock(user: UserRef): Promise<void> {
    await this.#connection.call('Unblock', [user.id]);
    this.#consent.setBlocked(user, false);
  }

  force(transport: TransportKind | null): void {
    this.#connection.force(transport);
  }

  tryNow(): void {
    this.#connection.tryNow();
  }

  async ping(): Promise<number | null> {
    const { session } = this.#connection;
    const room = this.#list.get(this.#list.ids().next().value ?? '')?.room;
    try {
      // The cheapest calls there are: a page of nothing.
      if (room) await session?.invoke('History', room.id, { after: room.head, limit: 1 });
      else await session?.invoke('PublicRooms', '');
      return session?.roundTrip ?? null;
    } catch {
      return null;
    }
  }

  async signOut(): Promise<void> {
    try {
      await account.logout();
    } catch (e) {
      if (!(e instanceof Refusal)) throw new Refusal('unavailable', 'The server does not answer.');
      if (e.code !== 'unauthenticated') throw e;
    }
    this.#outgoing.signedOut();
    this.#end();
    await this.#store.destroy();
  }

  stop(): void {
    this.#outgoing.drafts.flush();
    const stored = this.#recorder.flush();
    this.#end();
    void stored.finally(() => this.#store.close());
  }

  #end(): void {
    for (const stop of this.#stops) stop();
    this.#connection.stop();
    this.#outgoing.stop();
  }

  /** In another tab. */
  #signedOut(): void {
    this.#store.close();
    this.#connection.refuse(new Refusal('unauthenticated', 'Signed out.'));
  }

  #outboxChanged(rooms: readonly string[]): void {
    for (const id of rooms) {
      this.#list.touch(id);
      this.#timelines.get(id)?.refreshSoon();
    }
  }

  #connected(): void {
    this.#outgoing.connected();
    void this.#reads.flush();
    void this.#consent.refresh();
    this.#timelines.synced();
    void this.#history.warm(this.#list.ids());
  }

  async #recount(roomId: string): Promise<void> {
    if (!this.#list.get(roomId)?.room.unread) return;
    await this.#recorder.flush();
    const unread = await countUnread(this.#store, this.me.peek().id, () => this.#list.get(roomId));
    const state = this.#list.get(roomId);
    if (state && unread !== null) this.#list.set(roomId, { ...state, room: { ...state.room, unread } });
  }

  async #change(method: string, roomId: string, seq: number, what: unknown): Promise<void> {
    const { error } = await this.#connection.call<SendResult>(method, [roomId, seq, what]);
    if (error) throw new Refusal(error.code, error.message);
  }

  async #room(method: string, args: readonly unknown[]): Promise<Room> {
    return this.#known(await this.#connection.call<Room>(method, args));
  }

  /** The push that says so may still be on its way; whoever has the answer can use the room. */
  #known(room: Room): Room {
    if (this.#feed.cursor(room.id) === undefined) this.#feed.roomUpdated(room);
    this.#list.show();
    return room;
  }

  #report(e: ChatEvent): void {
    const room = this.#list.get(e.roomId)?.room;
    if (!room) return;
    const mentioned = room.kind === 'direct' || namesMe(e, this.me.peek());
    const arrival = { room, message: messageOf(e, []), mentioned };
    // Later, so that a listener that throws does not keep the event from its place.
    for (const listener of this.#listeners) queueMicrotask(() => listener(arrival));
  }
}

interface Stored {
  readonly rooms: Awaited<ReturnType<Store['rooms']>>;
  readonly drafts: Awaited<ReturnType<Store['drafts']>>;
}
