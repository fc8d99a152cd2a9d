import type { Chat } from '../../chat/model';
import { ask, dialog } from '../dialogs/request';
import { shownRoom } from '../rooms/shownRoom';
import { go, room } from '../route';
import { isApple, isTextField } from './keys';
import { neighbour } from './neighbour';

/** The shortcuts that work everywhere; returns how to stop. */
export function startKeyboard(chat: Chat): () => void {
  const press = (e: KeyboardEvent) => {
    if (e.defaultPrevented || e.isComposing) return;
    if (shortcut(chat, e)) e.preventDefault();
  };
  addEventListener('keydown', press);
  return () => removeEventListener('keydown', press);
}

/** Whether it was one. */
function shortcut(chat: Chat, e: KeyboardEvent): boolean {
  const command = isApple() ? e.metaKey && !e.ctrlKey : e.ctrlKey && !e.metaKey;
  if (command && !e.altKey && !e.shiftKey && e.key.toLowerCase() === 'k') {
    dialog.value = dialog.peek()?.kind === 'switcher' ? null : { kind: 'switcher' };
    return true;
  }
  if (document.querySelector('dialog[open], :popover-open')) return false;

  const current = shownRoom(chat);
  if (e.altKey && !e.ctrlKey && !e.metaKey && (e.key === 'ArrowUp' || e.key === 'ArrowDown')) {
    const rooms = chat.rooms.peek().map((entry) => ({ id: entry.room.id, unread: entry.unread }));
    const next = neighbour(rooms, current, e.key === 'ArrowUp' ? -1 : 1, e.shiftKey);
    if (next) go(room(next));
    return true;
  }
  if (e.altKey || e.ctrlKey || e.metaKey) return false;
  if (e.key === '?' && !isTextField(e.target)) {
    ask({ kind: 'help' });
    return true;
  }
  if (e.key === 'Escape' && current !== null) {
    const open = chat.room(current).peek();
    if (open) chat.markRead(current, open.room.head);
    return open !== null;
  }
  return false;
}
