import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Chat, Item, Message, OutboxEntry, RoomEntry, Timeline } from '../src/chat/model';
import type { ChatEvent, Room, User, UserRef } from '../src/wire/contract';
import { Refusal } from '../src/wire/refusal';

/** A room in memory, made up as it is looked at: for seeing and trying the conversation without a server. */
export class FakeChat {
  readonly me: Signal<User> = signal({ id: 'u-jo', name: 'Jo', kind: 'member' });
  readonly others: readonly UserRef[] = [
    { id: 'u-ann', name: 'Ann' },
    { id: 'u-bo', name: 'bo.berg' },
    { id: 'u-xm', name: '小明' },
  ];
  readonly markers = signal<ReadonlyMap<string, number>>(new Map());
  readonly typists = signal<readonly UserRef[]>([]);
  readonly drafts = new Map<string, Signal<string>>();
  readonly marked: number[] = [];
  readonly outbox = signal<readonly OutboxEntry[]>([]);
  readonly entry: Signal<RoomEntry>;
  readonly window: FakeTimeline;
  /** What sending does: `ack` as a server would, `hold` nothing yet, `refuse` for good, `throw` before it is stored. */
  sending: 'ack' | 'hold' | 'refuse' | 'throw' = 'ack';
  private count = 0;

  constructor(
    readonly head: Signal<number>,
    make: (seq: number, chat: FakeChat) => Item,
    room: Partial<Room> = {},
    unread = 0,
  ) {
    const whole: Room = {
      id: 'r1',
      kind: 'public',
      name: 'Kitchen',
      head: head.value,
      readUpTo: head.value - unread,
      unread,
      joined: 1,
      members: [this.me.value, ...this.others],
      ...room,
    };
    this.entry = signal({ room: whole, unread, mentioned: false, lastLine: null, hasDraft: false, outbox: 0 });
    this.window = new FakeTimeline(this, (seq) => this.made.get(seq) ?? make(seq, this));
  }

  readonly made = new Map<number, Item>();

  asChat(): Chat {
    return this as unknown as Chat;
  }
  room = (): ReadonlySignal<RoomEntry> => this.entry;
  timeline = (): Timeline => this.window;
  typing = (): ReadonlySignal<readonly UserRef[]> => this.typists;
  readMarkers = (): ReadonlySignal<ReadonlyMap<string, number>> => this.markers;
  draft = (roomId: string): Signal<string> => {
    const kept = this.drafts.get(roomId) ?? signal('');
    this.drafts.set(roomId, kept);
    return kept;
  };
  markRead = (_: string, seq: number): void => {
    this.marked.push(seq);
    if (seq >= this.head.value) this.entry.value = { ...this.entry.value, unread: 0 };
  };
  sayTyping = (): void => undefined;

  send = async (roomId: string, body: string, replyTo?: number): Promise<void> => {
    if (this.sending === 'throw') throw new Refusal('unavailable', 'disk full');
    const clientId = `c${++this.count}`;
    const entry: OutboxEntry = {
      roomId,
      clientId,
      body,
      at: Date.now(),
      state: this.sending === 'refuse' ? 'failed' : 'pending',
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(this.sending === 'refuse' ? { error: { code: 'rate_limited', message: 'slow down' } } : {}),
    };
    this.outbox.value = [...this.outbox.value, entry];
    if (this.sending === 'ack') setTimeout(() => this.acknowledge(entry), 300);
  };
  retry = async (clientId: string): Promise<void> => {
    const entry = this.outbox.value.find((e) => e.clientId === clientId);
    if (entry) this.acknowledge(entry);
  };
  discard = async (clientId: string): Promise<void> => {
    this.outbox.value = this.outbox.value.filter((e) => e.clientId !== clientId);
  };
  edit = async (_: string, seq: number, body: string): Promise<void> => this.change(seq, { body, edited: true });
  remove = async (_: string, seq: number): Promise<void> => this.change(seq, { body: null });
  react = async (_: string, seq: number, body: string): Promise<void> => {
    const it = this.window.at(seq);
    if (it.kind !== 'message') return;
    const me = this.me.value;
    const without = it.message.reactions
      .map((r) => ({ ...r, users: r.users.filter((u) => u.id !== me.id) }))
      .filter((r) => r.users.length > 0);
    const there = without.find((r) => r.body === body);
    const reactions = there
      ? without.map((r) => (r === there ? { ...r, users: [...r.users, me] } : r))
      : [...without, ...(body ? [{ body, users: [me] }] : [])];
    this.change(seq, { reactions });
  };

  /** Somebody writes. */
  arrive(body: string, sender: UserRef = this.others[0] as UserRef): void {
    this.add(message(this.head.value + 1, sender, body, Date.now()));
    this.entry.value = { ...this.entry.value, unread: this.entry.value.unread + 1 };
  }

  private acknowledge(entry: OutboxEntry): void {
    const extra = entry.replyTo === undefined ? {} : { replyTo: entry.replyTo };
    const item = message(this.head.value + 1, this.me.value, entry.body, entry.at, {
      clientId: entry.clientId,
      ...extra,
    });
    this.outbox.value = this.outbox.value.filter((e) => e.clientId !== entry.clientId);
    this.add({ ...item, key: entry.clientId } as Item);
  }

  private add(item: Item): void {
    const seq = this.head.value + 1;
    this.made.set(seq, item);
    const follow = this.window.atEnd.value;
    this.head.value = seq;
    this.entry.value = { ...this.entry.value, room: { ...this.entry.value.room, head: seq } };
    if (follow) this.window.move(this.window.first.value, seq);
  }

  private change(seq: number, change: Partial<Message>): void {
    const it = this.window.at(seq);
    if (it.kind !== 'message') return;
    this.made.set(seq, { ...it, message: { ...it.message, ...change } });
    this.window.changed();
  }
}

const page = 100;
const most = 400;

export class FakeTimeline implements Timeline {
  readonly roomId = 'r1';
  readonly first = signal(0);
  readonly last = signal(-1);
  private readonly version = signal(0);
  private readonly cache = new Map<number, Item>();
  readonly loading = signal<'older' | 'newer' | 'around' | null>(null);
  readonly error = signal<string | null>(null);
  readonly atStart = computed(() => this.first.value === 1);
  readonly atEnd = computed(() => this.last.value === this.chat.head.value);
  readonly items: ReadonlySignal<readonly Item[]>;
  /** Milliseconds that a page takes. */
  delay = 30;

  constructor(
    readonly chat: FakeChat,
    readonly make: (seq: number) => Item,
  ) {
    this.items = computed(() => {
      this.version.value;
      const items: Item[] = [];
      for (let seq = this.first.value; seq <= this.last.value; seq++) items.push(this.at(seq));
      if (this.atEnd.value)
        for (const entry of chat.outbox.value) items.push({ kind: 'outbox', key: entry.clientId, entry });
      return items;
    });
  }

  at(seq: number): Item {
    const known = this.chat.made.get(seq) ?? this.cache.get(seq) ?? this.make(seq);
    this.cache.set(seq, known);
    return known;
  }
  changed(): void {
    this.version.value++;
  }
  move(first: number, last: number): void {
    this.first.value = Math.max(1, first);
    this.last.value = Math.min(this.chat.head.value, last);
  }
  private async page(kind: 'older' | 'newer' | 'around', move: () => void): Promise<void> {
    if (this.loading.value) return;
    this.loading.value = kind;
    if (this.delay > 0) await new Promise((done) => setTimeout(done, this.delay));
    move();
    this.loading.value = null;
  }
  older(): Promise<void> {
    return this.page('older', () => {
      const first = Math.max(1, this.first.value - page);
      this.move(first, Math.min(this.last.value, first + most));
    });
  }
  newer(): Promise<void> {
    return this.page('newer', () => {
      const last = Math.min(this.chat.head.value, this.last.value + page);
      this.move(Math.max(this.first.value, last - most), last);
    });
  }
  async around(seq: number): Promise<boolean> {
    if (seq < 1 || seq > this.chat.head.value) return false;
    await this.page('around', () => this.move(seq - page / 2, seq + page / 2));
    return true;
  }
  latest(): Promise<void> {
    return this.page('newer', () => this.move(this.chat.head.value - page, this.chat.head.value));
  }
  async message(seq: number): Promise<Message | null> {
    const it = seq >= 1 && seq <= this.chat.head.value ? this.at(seq) : null;
    return it?.kind === 'message' ? it.message : null;
  }
}

export function message(
  seq: number,
  sender: UserRef,
  body: string | null,
  at: number,
  more: Partial<Message> = {},
): Item {
  const whole: Message = { roomId: 'r1', seq, sender, at, body, edited: false, reactions: [], ...more };
  return { kind: 'message', key: `s${seq}`, seq, message: whole };
}

export function notice(seq: number, type: string, sender: UserRef, at: number, more: Partial<ChatEvent> = {}): Item {
  const event: ChatEvent = { roomId: 'r1', seq, id: `e${seq}`, type, sender, at: new Date(at).toISOString(), ...more };
  return { kind: 'notice', key: `s${seq}`, seq, event };
}
