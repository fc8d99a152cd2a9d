import type { Message } from '../../chat/model';
import type { Actions } from './actions';

/** What a key does to the message that has the focus; false if nothing. */
export function messageKey(e: KeyboardEvent, message: Message, mine: boolean, act: Actions): boolean {
  if (e.ctrlKey || e.metaKey || e.altKey || message.body === null) return false;
  const run = {
    r: () => act.reply(message),
    c: () => act.copyLink(message),
    '+': () => act.pickReaction(message),
    e: mine ? () => act.edit(message) : undefined,
    delete: mine ? () => act.remove(message) : undefined,
  }[e.key.toLowerCase()];
  run?.();
  return run !== undefined;
}

/** Where a key moves to from a row; null if it does not move. `page`: rows that fit on the screen. */
export function moveKey(key: string, index: number, last: number, page: number): number | null {
  const to = {
    ArrowUp: index - 1,
    ArrowDown: index + 1,
    PageUp: index - page,
    PageDown: index + page,
    Home: 0,
    End: last,
  }[key];
  return to === undefined ? null : Math.max(0, Math.min(last, to));
}
