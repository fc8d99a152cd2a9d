import type { TransportKind } from '../src/chat/model';
import type { Hub, PushHandler } from '../src/relay/hub';
import type {
  ChatEvent,
  EventPage,
  NewMessage,
  PageRequest,
  Room,
  SendResult,
  SyncAnswer,
  User,
} from '../src/wire/contract';
import { Refusal } from '../src/wire/refusal';

export const jo: User = { id: 'u-jo', name: 'Jo', kind: 'guest' };
export const di: User = { id: 'u-di', name: 'Di', kind: 'guest' };

/** What goes wrong on the way; each is asked each time. */
export interface Faults {
  /** Nobody answers the negotiation. */
  unreachable: () => boolean;
  /** The negotiation is refused. */
  refused: () => Refusal | null;
  /** The transport negotiates and then says nothing. */
  mute: (kind: TransportKind) => boolean;
  /** Milliseconds until a transport is open. */
  slow: () => number;
  /** The event is counted, but does not come. */
  dropEvent: () => boolean;
  repeatEvent: () => boolean;
  /** The connection breaks: before the call is carried out, or after it and before its answer. */
  breakCall: (method: string) => 'before' | 'after' | null;
  /** The call is not answered at all. */
  swallow: (method: string) => boolean;
  refuse: (method: string, args: readonly unknown[]) => Refusal | null;
}

/** The relay in memory: the rules of docs/protocol.md that a client can see. Delivery is by hand: `deliver()`, or at once with `live`. */
export class FakeServer {
  readonly rooms = new Map<string, { room: Room; log: ChatEvent[]; read: Map<string, number> }>();
  readonly hubs = new Set<FakeHub>();
  live = true;
  /** The generation of new events. */
  generation = 'first';
  catchUp = Number.POSITIVE_INFINITY;
  /** Events in a page whatever its limit, as among large messages. */
  largestPage = Number.POSITIVE_INFINITY;
  readonly calls: string[] = [];
  features: readonly string[] = [];
  /** The people whom everybody has blocked. */
  blocked: readonly User[] = [];
  faults: Faults = {
    unreachable: () => false,
    refused: () => null,
    mute: () => false,
    slow: () => 0,
    dropEvent: () => false,
    repeatEvent: () => false,
    breakCall: () => null,
    swallow: () => false,
    refuse: () => null,
  };

  addRoom(id: string, members: readonly User[] = [jo, di], kind: Room['kind'] = 'public'): void {
    const room: Room = { id, kind, name: id, head: 0, readUpTo: 0, unread: 0, joined: 1, members };
    this.rooms.set(id, { room, log: [], read: new Map() });
    for (const m of members) this.append(id, { type: 'join', sender: m });
  }

  log(roomId: string): ChatEvent[] {
    return this.rooms.get(roomId)?.log ?? [];
  }

  append(roomId: string, e: Partial<ChatEvent> & Pick<ChatEvent, 'type' | 'sender'>): ChatEvent {
    const log = this.log(roomId);
    const seq = log.length + 1;
    const { generation } = this;
    const at = new Date(seq * 1000).toISOString();
    const event: ChatEvent = { roomId, seq, id: `${roomId}-${seq}`, at, generation, ...e };
    log.push(event);
    if (this.live) this.deliver();
    return event;
  }

  say(roomId: string, sender: User, body: string, more: Partial<ChatEvent> = {}): ChatEvent {
    return this.append(roomId, { type: 'message', sender, body, ...more });
  }

  deliver(): void {
    for (const hub of this.hubs) hub.pump();
  }

  checkpoint(): void {
    for (const hub of this.hubs) hub.push('Checkpoint', hub.delivered);
  }

  /** All connections break. */
  breakAll(): void {
    for (const hub of [...this.hubs]) hub.break();
  }

  /** By themselves, or by an invitation. */
  join(user: User, roomId: string): Room {
    const found = this.rooms.get(roomId);
    if (!found) throw new Refusal('not_found', 'no such room');
    if (found.room.members.some((m) => m.id === user.id)) return this.roomFor(user, roomId);
    const joined = found.log.length + 1;
    found.room = { ...found.room, joined, members: [...found.room.members, user] };
    const hubs = [...this.hubs].filter((hub) => hub.user.id === user.id);
    for (const hub of hubs) hub.enter(roomId, joined - 1);
    this.append(roomId, { type: 'join', sender: user });
    for (const hub of hubs) hub.push('RoomUpdated', this.roomFor(user, roomId));
    return this.roomFor(user, roomId);
  }

  roomFor(user: User, roomId: string): Room {
    const found = this.rooms.get(roomId);
    if (!found) throw new Refusal('not_found', 'no such room');
    const { room, log, read } = found;
    const readUpTo = read.get(user.id) ?? 0;
    const unread = log.filter((e) => e.seq > readUpTo && e.type === 'message' && e.sender.id !== user.id).length;
    return { ...room, head: log.length, readUpTo, unread };
  }

  roomsOf(user: User): Room[] {
    const mine = [...this.rooms.values()].filter(({ room }) => room.members.some((m) => m.id === user.id));
    return mine.map(({ room }) => this.roomFor(user, room.id));
  }

  connect = (user: User) => (kind: TransportKind) => new FakeHub(this, user, kind);

  answer(user: User, method: string, args: readonly unknown[]): unknown {
    const [roomId, second, third] = args as [string, never, never];
    switch (method) {
      case 'Send':
        return (second as NewMessage[]).map((m): SendResult => {
          const e = this.#once(user, roomId, m.clientId, () =>
            this.say(roomId, user, m.body, { ...m, roomId, sender: user }),
          );
          return e.body === m.body
            ? { clientId: m.clientId, seq: e.seq, id: e.id, at: e.at }
            : { clientId: m.clientId, error: { code: 'key_reused', message: 'used' } };
        });
      case 'Edit':
      case 'React': {
        const { clientId, body } = third as NewMessage;
        const type = method === 'Edit' ? 'edit' : 'reaction';
        const e = this.#once(user, roomId, clientId, () =>
          this.append(roomId, { type, sender: user, clientId, body, target: second }),
        );
        return { clientId, seq: e.seq, id: e.id, at: e.at };
      }
      case 'History': {
        const { before, after, limit = 200 }: PageRequest = second ?? {};
        const log = this.log(roomId);
        const most = Math.min(limit, this.largestPage);
        const events =
          after !== undefined
            ? log.filter((e) => e.seq > after).slice(0, most)
            : log.filter((e) => e.seq < (before ?? Number.POSITIVE_INFINITY)).slice(-most);
        return { events, head: log.length } satisfies EventPage;
      }
      case 'MarkRead':
        this.rooms.get(roomId)?.read.set(user.id, second);
        return null;
      case 'Blocked':
        return this.blocked;
      case 'Join':
        return this.join(user, roomId);
      default:
        throw new Refusal('invalid', `the fake has no ${method}`);
    }
  }

  #once(user: User, roomId: string, clientId: string, append: () => ChatEvent): ChatEvent {
    return this.log(roomId).find((e) => e.clientId === clientId && e.sender.id === user.id) ?? append();
  }
}

export class FakeHub implements Hub {
  negotiated = false;
  delivered = 0;
  open = false;
  readonly #handlers = new Map<string, PushHandler>();
  readonly #cursors = new Map<string, number>();
  #closed: (e?: Error) => void = () => {};
  #synced = false;

  constructor(
    private readonly server: FakeServer,
    readonly user: User,
    readonly kind: TransportKind,
  ) {}

  async start(): Promise<void> {
    await Promise.resolve();
    const { faults } = this.server;
    if (faults.unreachable()) throw new TypeError('Failed to fetch');
    const refusal = faults.refused();
    if (refusal) throw refusal;
    this.negotiated = true;
    if (faults.mute(this.kind)) await new Promise(() => {});
    if (faults.slow() > 0) await new Promise((done) => setTimeout(done, faults.slow()));
    this.open = true;
    this.server.hubs.add(this);
  }

  async invoke<T>(method: string, args: readonly unknown[]): Promise<T> {
    await Promise.resolve();
    const { faults } = this.server;
    if (!this.open) throw new Error('Not connected.');
    this.server.calls.push(method);
    if (faults.swallow(method)) await new Promise(() => {});
    const breaks = faults.breakCall(method);
    if (breaks === 'before') this.break();
    if (!this.open) throw new Error('The connection was closed.');
    const refusal = faults.refuse(method, args);
    if (refusal) throw refusal;
    const answer = method === 'Sync' ? this.#sync(args) : this.server.answer(this.user, method, args);
    if (breaks === 'after') this.break();
    await Promise.resolve();
    if (!this.open) throw new Error('The connection was closed.');
    return structuredClone(answer) as T;
  }

  async tell(): Promise<void> {}

  on(method: string, handler: PushHandler): void {
    this.#handlers.set(method, handler);
  }

  onClosed(handler: (error?: Error) => void): void {
    this.#closed = handler;
  }

  async close(): Promise<void> {
    this.open = false;
    this.server.hubs.delete(this);
  }

  break(): void {
    if (!this.open) return;
    void this.close();
    this.#closed(new Error('broken'));
  }

  /** A room is one of the user's from now on. */
  enter(roomId: string, cursor: number): void {
    this.#cursors.set(roomId, cursor);
  }

  push(method: string, ...args: unknown[]): void {
    if (this.open) this.#handlers.get(method)?.(...structuredClone(args));
  }

  pump(): void {
    if (!this.#synced) return;
    const { faults, catchUp } = this.server;
    for (const [roomId, from] of this.#cursors) {
      let cursor = from;
      const log = this.server.log(roomId);
      if (log.length - cursor > catchUp) {
        const to = log.length - 2;
        this.#cursors.set(roomId, to);
        this.push('Skipped', roomId, cursor + 1, to);
        cursor = to;
      }
      for (const e of log.slice(cursor)) {
        this.#cursors.set(roomId, e.seq);
        this.delivered++;
        if (!faults.dropEvent()) this.push('Event', e);
        if (faults.repeatEvent()) this.push('Event', e);
      }
    }
  }

  #sync(args: readonly unknown[]): SyncAnswer {
    const { cursors = {}, generations = {} } = (args[0] ?? {}) as {
      cursors?: Record<string, number>;
      generations?: Record<string, string>;
    };
    const rooms = this.server.roomsOf(this.user);
    this.#cursors.clear();
    const reset = rooms
      .filter(({ id, head }) => {
        const [cursor, generation] = [cursors[id] ?? 0, generations[id]];
        return cursor > head || (generation && this.server.log(id)[cursor - 1]?.generation !== generation);
      })
      .map((r) => r.id);
    for (const r of rooms) this.#cursors.set(r.id, reset.includes(r.id) ? r.head : (cursors[r.id] ?? r.head));
    this.delivered = 0;
    this.#synced = true;
    const { features } = this.server;
    const answer: SyncAnswer = { user: this.user, rooms, features, ...(reset.length > 0 ? { reset } : {}) };
    // On the wire what follows the answer comes after it, whatever becomes of the promise.
    this.push('$synced', answer);
    if (this.server.live) this.pump();
    return answer;
  }
}
