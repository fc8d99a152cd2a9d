import type { ChatEvent, UserRef } from '../wire/contract';
import type { Item, Message, Reaction } from './model';

const none: readonly ChatEvent[] = [];
/** Messages whose changes are remembered. */
const most = 5_000;

/** Edits, deletions and reactions by the message that they are about, each once and ascending. */
export class MessageChanges {
  readonly #byTarget = new Map<number, readonly ChatEvent[]>();

  /** Takes those events that change a message; the same again does nothing. */
  add(events: readonly ChatEvent[]): void {
    for (const e of events) {
      if (e.target === undefined) continue;
      const known = this.of(e.target);
      if (known.some((k) => k.seq === e.seq)) continue;
      this.#byTarget.set(
        e.target,
        [...known, e].sort((a, b) => a.seq - b.seq),
      );
    }
  }

  /** The same array as long as nothing was added. */
  of(seq: number): readonly ChatEvent[] {
    return this.#byTarget.get(seq) ?? none;
  }

  /** Forgets most of what is about messages before `from` or after `to`, if there is much. */
  trim(from: number, to: number): void {
    if (this.#byTarget.size < most) return;
    for (const target of this.#byTarget.keys()) if (target < from || target > to) this.#byTarget.delete(target);
  }
}

/** A message with everything that later events changed about it. */
export function messageOf(e: ChatEvent, changes: readonly ChatEvent[]): Message {
  const deleted = e.body === undefined || changes.some((c) => c.type === 'delete');
  // The server lets only the sender edit; whoever else's edit this were, it would not be theirs to show.
  const edit = changes.findLast((c) => c.type === 'edit' && c.sender.id === e.sender.id && c.body !== undefined);
  return {
    roomId: e.roomId,
    seq: e.seq,
    sender: e.sender,
    at: Date.parse(e.at),
    body: deleted ? null : (edit?.body ?? e.body ?? null),
    edited: !deleted && edit !== undefined,
    reactions: deleted ? [] : reactionsOf(changes),
    ...(e.clientId === undefined ? {} : { clientId: e.clientId }),
    ...(e.replyTo === undefined ? {} : { replyTo: e.replyTo }),
  };
}

/** Each person has one reaction on a message: the newest; an empty one takes it back. In the order in which they first came. */
function reactionsOf(changes: readonly ChatEvent[]): readonly Reaction[] {
  const byUser = new Map<string, { user: UserRef; body: string }>();
  for (const { type, sender, body } of changes) {
    if (type !== 'reaction') continue;
    byUser.delete(sender.id);
    if (body) byUser.set(sender.id, { user: sender, body });
  }
  const byBody = new Map<string, UserRef[]>();
  for (const { user, body } of byUser.values()) byBody.set(body, [...(byBody.get(body) ?? []), user]);
  return Array.from(byBody, ([body, users]) => ({ body, users }));
}

type Made = Map<number, { readonly event: ChatEvent; readonly changes: readonly ChatEvent[]; readonly item: Item }>;

/** Makes the lines of events; a line stays the same object as long as nothing about it changes. */
export class ItemMaker {
  #made: Made = new Map();

  constructor(private readonly me: string) {}

  items(events: readonly ChatEvent[], changes: MessageChanges): Item[] {
    const made: Made = new Map();
    for (const event of events) {
      const its = changes.of(event.seq);
      const old = this.#made.get(event.seq);
      const item = old?.event === event && old.changes === its ? old.item : this.#make(event, its);
      if (item) made.set(event.seq, { event, changes: its, item });
    }
    this.#made = made;
    return Array.from(made.values(), (m) => m.item);
  }

  #make(event: ChatEvent, changes: readonly ChatEvent[]): Item | null {
    const { seq, type } = event;
    if (type === 'message') {
      // An own message keeps the name that it had in the outbox, and so its place on the screen.
      const key = (event.sender.id === this.me && event.clientId) || event.id;
      return { kind: 'message', key, seq, message: messageOf(event, changes) };
    }
    return type === 'join' || type === 'leave' || type === 'room'
      ? { kind: 'notice', key: event.id, seq, event }
      : null;
  }
}
