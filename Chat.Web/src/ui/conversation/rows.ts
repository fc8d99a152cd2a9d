import type { Item } from '../../chat/model';

/** One line of the list: an item with what stands above and below it. One row for each item, in the same order. */
export interface Row {
  readonly key: string;
  readonly item: Item;
  /** The day begins here: milliseconds since 1970; else null. */
  readonly day: number | null;
  /** The first that was not read when the person came. */
  readonly fresh: boolean;
  /** Shows who and when; else it follows closely on one of the same sender. */
  readonly first: boolean;
  /** The newest of my messages that the other one has read. */
  readonly seen: boolean;
}

export interface View {
  readonly me: string;
  /** Read up to this number when the person came; null: no line for new ones. */
  readonly readUpTo: number | null;
  /** How far the other one of a direct room has read; 0 if unknown. */
  readonly seenUpTo: number;
}

/** Messages of one sender that follow each other within this time stand together. Milliseconds. */
const together = 5 * 60_000;

export function rows(items: readonly Item[], view: View): readonly Row[] {
  const freshKey = view.readUpTo === null ? null : firstFresh(items, view.me, view.readUpTo);
  const seenKey = view.seenUpTo > 0 ? lastSeen(items, view.me, view.seenUpTo) : null;
  return items.map((item, i) => {
    const before = items[i - 1];
    const newDay = !before || dayOf(timeOf(before)) !== dayOf(timeOf(item));
    const fresh = item.key === freshKey;
    return {
      key: item.key,
      item,
      day: newDay ? timeOf(item) : null,
      fresh,
      first: newDay || fresh || !follows(item, before, view.me),
      seen: item.key === seenKey,
    };
  });
}

/** The number of an item; none while it waits in the outbox. */
export const seqOf = (item: Item): number | null => (item.kind === 'outbox' ? null : item.seq);

/** Milliseconds since 1970. */
export function timeOf(item: Item): number {
  if (item.kind === 'message') return item.message.at;
  return item.kind === 'outbox' ? item.entry.at : Date.parse(item.event.at);
}

function dayOf(at: number): number {
  const date = new Date(at);
  return date.getFullYear() * 372 + date.getMonth() * 31 + date.getDate();
}

function senderOf(item: Item, me: string): string | null {
  if (item.kind === 'message') return item.message.sender.id;
  return item.kind === 'outbox' ? me : null;
}

function follows(item: Item, before: Item, me: string): boolean {
  const sender = senderOf(item, me);
  if (sender === null || sender !== senderOf(before, me)) return false;
  if (replyTo(item) !== undefined || isAction(before) || isAction(item)) return false;
  return Math.abs(timeOf(item) - timeOf(before)) < together;
}

function replyTo(item: Item): number | undefined {
  if (item.kind === 'message') return item.message.replyTo;
  return item.kind === 'outbox' ? item.entry.replyTo : undefined;
}

function isAction(item: Item): boolean {
  const body = item.kind === 'message' ? item.message.body : item.kind === 'outbox' ? item.entry.body : null;
  return body?.startsWith('/me ') ?? false;
}

/** The key of the first message of others after the last read one; null: there is none, or it may be further up. */
export function firstFresh(items: readonly Item[], me: string, readUpTo: number): string | null {
  // Without the last read one in sight, the first unread one may be further up.
  const first = items[0];
  if (!first || (seqOf(first) ?? 0) > readUpTo + 1) return null;
  return items.find((i) => i.kind === 'message' && i.seq > readUpTo && i.message.sender.id !== me)?.key ?? null;
}

function lastSeen(items: readonly Item[], me: string, seenUpTo: number): string | null {
  return items.findLast((i) => i.kind === 'message' && i.seq <= seenUpTo && i.message.sender.id === me)?.key ?? null;
}
