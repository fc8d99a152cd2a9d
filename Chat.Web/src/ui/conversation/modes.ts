import { type Signal, signal } from '@preact/signals';
import type { Chat, Message } from '../../chat/model';

/**
 * The purpose of the field now. `before`: the earlier purpose, to which the field goes back, so that no edit that was
 * begun is lost.
 */
export type Mode =
  | { readonly kind: 'new' }
  | { readonly kind: 'reply'; readonly message: Message; readonly before: Mode }
  | { readonly kind: 'edit'; readonly message: Message; readonly text: Signal<string>; readonly before: Mode };

export const writing: Mode = { kind: 'new' };

const kept = new WeakMap<Chat, Map<string, Signal<Mode>>>();

/** The mode of a room's field: it stays while this page is open, also when another room is shown. */
export function modeOf(chat: Chat, roomId: string): Signal<Mode> {
  const rooms = kept.get(chat) ?? new Map<string, Signal<Mode>>();
  kept.set(chat, rooms);
  const mode = rooms.get(roomId) ?? signal(writing);
  rooms.set(roomId, mode);
  return mode;
}

/** Begins a reply, or an edit: of the same message it goes on with the text that was typed. */
export function begin(kind: 'reply' | 'edit', message: Message, now: Mode): Mode {
  const before = without(now, (m) => (m.kind === 'edit' ? m.text.peek() === m.message.body : kind === 'reply'));
  if (kind === 'reply') return { kind, message, before };
  for (let it = now; it.kind !== 'new'; it = it.before)
    if (it.kind === 'edit' && it.message.seq === message.seq)
      return { ...it, before: without(before, (m) => m.message.seq === message.seq) };
  return { kind, message, text: signal(message.body ?? ''), before };
}

/** The same without those that are over. */
export function without(mode: Mode, over: (mode: Exclude<Mode, { kind: 'new' }>) => boolean): Mode {
  if (mode.kind === 'new') return mode;
  const before = without(mode.before, over);
  return over(mode) ? before : { ...mode, before };
}
