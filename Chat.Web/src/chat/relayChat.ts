import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { Connection } from '../relay/connection';
import type { Hub } from '../relay/hub';
import { watchWaking } from '../relay/wake';
import type { Store } from '../store/store';
import * as account from '../wire/account';
import type {
  ChatEvent,
  EventPage,
  NewRoom,
  PageRequest,
  PresenceState,
  Room,
  RoomChange,
  SendResult,
  User,
  UserRef,
} from '../wire/contract';
import { Refusal } from '../wire/refusal';
import { Arrivals } from './arrivals';
import { newClientId } from './clientIds';
import { Drafts } from './drafts';
import { RoomFeed } from './feed';
import { Inbox } from './inbox';
import type { Exclusive } from './locks';
import { messageOf } from './messages';
import type { Arrival, Chat, ConnectionStatus, OutboxEntry, RoomEntry, Timeline, TransportKind } from './model';
import { Outbox } from './outbox';
import { Reads } from './reads';
import { Recorder } from './recorder';
import { RoomList } from './roomList';
import { afterPage, namesMe, readTo } from './rooms';
import { OutboxSender } from './sender';
import { type TabNews, Tabs } from './tabs';
import { RoomTimeline } from './timeline';
import { Typing } from './typing';
import { countUnread } from './unread';

/** Rooms whose newest page is fetched unasked, to show their last line, and how much of it. */
const warmRooms = 50;
const warmPage = 50;
const mostTimelines = 30;

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
  readonly #outbox: Outbox;
  readonly #sender: OutboxSender;
  readonly #reads: Reads;
  readonly #drafts: Drafts;
  readonly #typing = new Typing();
  readonly #tabs: Tabs;
  readonly #timelines = new Map<string, RoomTimeline>();
  readonly #listeners = new Set<(arrival: Arrival) => void>();
  readonly #stops: (() => void)[] = [];

  private constructor(user: User, { store, exclusive, open }: ChatParts, stored: Stored) {
    this.#store = store;
    this.storageError = store.error ?? signal(null);
    this.#tabs = new Tabs(user.id, (news) => this.#heard(news));
    this.#outbox = new Outbox(store, (rooms) => this.#outboxChanged(rooms));
    this.#drafts = new Drafts(
      store,
      stored.drafts,
      (roomId, text) => this.#tabs.tell({ kind: 'draft', roomId, text }),
      (roomId) => this.#list.touch(roomId),
    );
    this.#list = new RoomList(
      (roomId) => this.#outbox.entries(roomId).length,
      (roomId) => this.#drafts.has(roomId),
    );
    for (const { state } of stored.rooms) this.#list.set(state.room.id, state);
    this.#list.show();
    this.#recorder = new Recorder(store, user.id, (id) => {
      const [state, cursor] = [this.#list.get(id), this.#feed.cursor(id)];
      return state && cursor !== undefined ? { state, cursor } : null;
    });
    this.#reads = new Reads((id, seq) => this.#connection.session?.invoke('MarkRead', id, seq) ?? null);
    this.#inbox = new Inbox(user, {
      list: this.#list,
      recorder: this.#recorder,
      outbox: this.#outbox,
      arrivals: new Arrivals((e) => this.#report(e)),
      typing: this.#typing,
      reads: this.#reads,
      timelines: this.#timelines,
      cursor: (id) => this.#feed.cursor(id) ?? 0,
      connected: () => this.#connection.session !== null,
      recount: (id) => void this.#recount(id),
    });
    this.#feed = new RoomFeed(user, new Map(stored.rooms.map((r) => [r.state.room.id, r.cursor])), this.#inbox);
    this.#connection = new Connection(open, this.#feed, () => this.#connected());
    this.#sender = new OutboxSender(
      user.id,
      store,
      (id, messages) => this.#connection.session?.invoke<readonly SendResult[]>('Send', id, messages) ?? null,
      exclusive,
      {
        acknowledged: (results) => {
          this.#outbox.acknowledged(results, (id, seq) => (this.#feed.cursor(id) ?? 0) >= seq);
          this.#tabs.tell({ kind: 'acknowledged', results });
        },
        refused: () => void this.#reloadOutbox(),
        note: (ids, error) => this.#outbox.note(ids, error),
      },
    );
  }

  /** Reads what is stored, and begins to connect in the background. */
  static async open(user: User, parts: ChatParts): Promise<RelayChat> {
    const [rooms, drafts] = await Promise.all([parts.store.rooms(), parts.store.drafts()]);
    const chat = new RelayChat(user, parts, { rooms, drafts });
    await chat.#outbox.load();
    chat.#watchPage();
    chat.#stops.push(
      chat.storageError.subscribe((error) => {
        if (error === null) chat.#storeWorks();
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
    return this.#outbox.all;
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
  get synced(): ReadonlySignal<boolean> {
    return this.#inbox.upToDate;
  }

  room(roomId: string): ReadonlySignal<RoomEntry | null> {
    return this.#list.room(roomId);
  }

  timeline(roomId: string): Timeline {
    const known = this.#timelines.get(roomId);
    const timeline =
      known ??
      new RoomTimeline(roomId, {
        me: this.me.peek().id,
        newest: (id) => this.#feed.cursor(id),
        outbox: (id) => this.#outbox.entries(id),
        store: this.#store,
        history: (id, page) => this.#history(id, page),
        stored: () => this.#recorder.flush(),
      });
    // The one used last is the last to go.
    this.#timelines.delete(roomId);
    this.#timelines.set(roomId, timeline);
    const oldest = this.#timelines.keys().next().value;
    if (this.#timelines.size > mostTimelines && oldest !== undefined) this.#timelines.delete(oldest);
    if (!known) queueMicrotask(() => timeline.synced());
    return timeline;
  }

  typing(roomId: string): ReadonlySignal<readonly UserRef[]> {
    return this.#typing.of(roomId);
  }

  readMarkers(roomId: string): ReadonlySignal<ReadonlyMap<string, number>> {
    return this.#list.markers(roomId);
  }

  draft(roomId: string): Signal<string> {
    return this.#drafts.of(roomId);
  }

  onArrival(listener: (arrival: Arrival) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async send(roomId: string, body: string, replyTo?: number): Promise<void> {
    this.#drafts.sending(roomId);
    await this.#outbox.add({ roomId, body, ...(replyTo !== undefined && { replyTo }) });
    this.#drafts.sent(roomId);
    this.#tabs.tell({ kind: 'draft', roomId, text: '' });
    this.#typing.sent(roomId);
    this.#toSend(roomId);
  }

  async retry(clientId: string): Promise<void> {
    const roomId = this.#outbox.entries().find((e) => e.clientId === clientId)?.roomId;
    await this.#outbox.retry(clientId);
    if (roomId) this.#toSend(roomId);
  }

  async discard(clientId: string): Promise<void> {
    await this.#outbox.discard(clientId);
    this.#tabs.tell({ kind: 'outbox' });
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
    this.#tabs.tell({ kind: 'signedOut' });
    this.#end();
    await this.#store.destroy();
  }

  stop(): void {
    this.#drafts.flush();
    const stored = this.#recorder.flush();
    this.#end();
    void stored.finally(() => this.#store.close());
  }

  #end(): void {
    for (const stop of this.#stops) stop();
    this.#connection.stop();
    this.#sender.stop();
    this.#tabs.close();
  }

  #watchPage(): void {
    this.#stops.push(
      watchWaking(
        () => this.#connection.woke(),
        () => this.#connection.offline(),
      ),
    );
    if (typeof window === 'undefined') return;
    const leaving = () => {
      this.#drafts.flush();
      void this.#recorder.flush();
    };
    const hidden = () => document.visibilityState === 'hidden' && leaving();
    window.addEventListener('pagehide', leaving);
    document.addEventListener('visibilitychange', hidden);
    this.#stops.push(() => {
      window.removeEventListener('pagehide', leaving);
      document.removeEventListener('visibilitychange', hidden);
    });
  }

  #heard(news: TabNews): void {
    if (news.kind === 'outbox') void this.#reloadOutbox();
    else if (news.kind === 'draft') this.#drafts.heard(news.roomId, news.text);
    else if (news.kind === 'acknowledged')
      this.#outbox.acknowledged(news.results, (id, seq) => (this.#feed.cursor(id) ?? 0) >= seq);
    else {
      this.#store.close();
      this.#connection.refuse(new Refusal('unauthenticated', 'Signed out.'));
    }
  }

  /** From the start, or again after trouble. */
  #storeWorks(): void {
    this.#drafts.storeAgain();
    void this.#reloadOutbox();
  }

  async #reloadOutbox(): Promise<void> {
    await this.#outbox.load();
    // Whichever tab has a connection sends what any of them has written.
    this.#kickAll();
  }

  #toSend(roomId: string): void {
    this.#sender.kick(roomId);
    this.#tabs.tell({ kind: 'outbox' });
  }

  #kickAll(): void {
    const waiting = this.#outbox.entries().filter((e) => e.state === 'pending');
    for (const roomId of new Set(waiting.map((e) => e.roomId))) this.#sender.kick(roomId);
  }

  #outboxChanged(rooms: readonly string[]): void {
    for (const id of rooms) {
      this.#list.touch(id);
      this.#timelines.get(id)?.refreshSoon();
    }
  }

  #connected(): void {
    this.#kickAll();
    void this.#reads.flush();
    for (const timeline of this.#timelines.values()) timeline.synced();
    void this.#warm();
  }

  /** The last line of rooms that this browser has never seen. */
  async #warm(): Promise<void> {
    const unseen = [...this.#list.ids()].filter((id) => {
      const state = this.#list.get(id);
      return state && !state.activity && state.room.head > 0;
    });
    for (const id of unseen.slice(0, warmRooms))
      try {
        await this.#history(id, { limit: warmPage });
      } catch {
        // One room may be out of order. Without a connection, the next one goes on.
        if (!this.#connection.session) return;
      }
  }

  async #history(roomId: string, page: PageRequest): Promise<EventPage> {
    const answer = await this.#connection.call<EventPage>('History', [roomId, page]);
    const state = this.#list.get(roomId);
    if (!state) return answer;
    const newest = (answer.events.at(-1)?.seq ?? 0) >= (this.#feed.cursor(roomId) ?? 0);
    if (newest) this.#list.set(roomId, afterPage(state, answer.events));
    this.#recorder.note([roomId], answer.events);
    return answer;
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
