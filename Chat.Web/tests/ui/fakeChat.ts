/** A chat in memory: no server, no database. */
import { computed, type Signal, signal } from '@preact/signals';
import type { Arrival, Chat, ConnectionStatus, OutboxEntry, RoomEntry, TransportKind } from '../../src/chat/model';
import type { Invitation, PresenceState, Room, User, UserRef } from '../../src/wire/contract';
import { Refusal } from '../../src/wire/refusal';

export function fakeRoom(id: string, some: Partial<Room> = {}): Room {
  return { id, kind: 'public', name: id, head: 10, readUpTo: 10, unread: 0, joined: 1, members: [], ...some };
}

export const fakeEntry = (room: Room, some: Partial<RoomEntry> = {}): RoomEntry => ({
  room,
  unread: room.unread,
  mentioned: false,
  lastLine: null,
  hasDraft: false,
  outbox: 0,
  ...some,
});

export interface FakeChat extends Chat {
  readonly rooms: Signal<readonly RoomEntry[]>;
  readonly status: Signal<ConnectionStatus>;
  readonly presence: Signal<ReadonlyMap<string, PresenceState>>;
  readonly outbox: Signal<readonly OutboxEntry[]>;
  readonly storageError: Signal<string | null>;
  readonly synced: Signal<boolean>;
  readonly invitations: Signal<readonly Invitation[]>;
  readonly blocked: Signal<ReadonlyMap<string, UserRef>>;
  /** What was called, with its arguments. */
  readonly calls: string[];
  /** Public rooms that I am not in. */
  readonly open: Room[];
  arrive(arrival: Arrival): void;
}

export function fakeChat(user: User, entries: readonly RoomEntry[] = [], open: Room[] = []): FakeChat {
  const rooms = signal(entries);
  const calls: string[] = [];
  const drafts = new Map<string, Signal<string>>();
  const listeners = new Set<(arrival: Arrival) => void>();
  const status = signal<ConnectionStatus>({
    state: 'connected',
    transport: 'webSockets',
    reason: { code: 'connected' },
    since: Date.now(),
    attempt: 0,
    roundTrip: 12,
  });
  const invitations = signal<readonly Invitation[]>([]);
  const blocked = signal<ReadonlyMap<string, UserRef>>(new Map());
  const forced = signal<TransportKind | null>(null);
  const add = (room: Room): Room => {
    if (!rooms.peek().some((entry) => entry.room.id === room.id)) rooms.value = [fakeEntry(room), ...rooms.peek()];
    return room;
  };
  const find = (roomId: string) => {
    const entry = rooms.peek().find((x) => x.room.id === roomId);
    if (!entry) throw new Refusal('not_found', 'no such room');
    return entry.room;
  };
  const change = (roomId: string, some: Partial<Room>): Room => {
    const room = { ...find(roomId), ...some };
    rooms.value = rooms.peek().map((entry) => (entry.room.id === roomId ? { ...entry, room } : entry));
    return room;
  };
  const note = (...call: (string | number)[]) => void calls.push(call.join(' '));
  const unused = (): never => {
    throw new Error('The fake has no timelines.');
  };
  return {
    me: signal(user),
    rooms,
    outbox: signal<readonly OutboxEntry[]>([]),
    status,
    forced,
    presence: signal(new Map()),
    synced: signal(true),
    invitations,
    blocked,
    storageError: signal(null),
    calls,
    open,
    arrive: (arrival) => {
      for (const listener of listeners) listener(arrival);
    },
    room: (roomId) => computed(() => rooms.value.find((entry) => entry.room.id === roomId) ?? null),
    timeline: unused,
    typing: () => signal<readonly UserRef[]>([]),
    readMarkers: () => signal(new Map()),
    draft: (roomId) => {
      const draft = drafts.get(roomId) ?? signal('half a thought');
      drafts.set(roomId, draft);
      return draft;
    },
    onArrival: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send: async () => {},
    retry: async () => {},
    discard: async (clientId) => note('discard', clientId),
    edit: async () => {},
    remove: async (roomId, seq) => note('remove', roomId, seq),
    react: async () => {},
    markRead: (roomId, seq) => {
      note('markRead', roomId, seq);
      rooms.value = rooms.peek().map((entry) => (entry.room.id === roomId ? { ...entry, unread: 0 } : entry));
    },
    sayTyping: () => {},
    openDirect: async (userName) => {
      note('openDirect', userName);
      if (userName === 'nobody') throw new Refusal('not_found', 'no such user');
      return add(fakeRoom(`d-${userName}`, { kind: 'direct', name: userName }));
    },
    createRoom: async (room) => {
      note('createRoom', room.kind, room.name);
      return add(fakeRoom(`new-${room.name}`, { ...room, members: [user] }));
    },
    changeRoom: async (roomId, some) => change(roomId, some),
    join: async (roomId) => {
      note('join', roomId);
      const room = open.find((x) => x.id === roomId);
      if (!room) throw new Refusal('not_found', 'no such room');
      return add(room);
    },
    leave: async (roomId) => {
      note('leave', roomId);
      rooms.value = rooms.peek().filter((entry) => entry.room.id !== roomId);
    },
    invite: async (roomId, userName) => {
      note('invite', roomId, userName);
      if (userName === 'nobody') throw new Refusal('not_found', 'no such user');
      return change(roomId, { members: [...find(roomId).members, { id: userName, name: userName }] });
    },
    removeMember: async (_roomId, userName) => {
      note('removeMember', userName);
      throw new Refusal('forbidden', 'only the owner may');
    },
    publicRooms: async (query = '') => open.filter((room) => room.name.toLowerCase().includes(query.toLowerCase())),
    members: async (roomId, _query, before) => {
      note('members', roomId, before ?? '');
      const n = before === undefined ? 1 : Number(before) + 1;
      const page = [{ id: `p${n}`, name: `page ${n}`, role: 'member' as const, joinedAt: '2026-01-01T00:00:00Z' }];
      return n < 3 ? { members: page, next: `${n}` } : { members: page };
    },
    answerRequest: async (roomId, accept) => note('answerRequest', roomId, `${accept}`),
    answerInvitation: async (roomId, accept) => {
      note('answerInvitation', roomId, `${accept}`);
      invitations.value = invitations.peek().filter((i) => i.room.id !== roomId);
    },
    block: async (who) => {
      note('block', who.id);
      blocked.value = new Map([...blocked.peek(), [who.id, who]]);
    },
    unblock: async (who) => {
      note('unblock', who.id);
      blocked.value = new Map([...blocked.peek()].filter(([id]) => id !== who.id));
    },
    force: (transport) => {
      forced.value = transport;
    },
    tryNow: () => note('tryNow'),
    ping: async () => 12,
    signOut: async () => note('signOut'),
    stop: () => note('stop'),
  };
}
