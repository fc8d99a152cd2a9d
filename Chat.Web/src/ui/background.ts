import type { Chat } from '../chat/model';
import { startKeyboard } from './keyboard/keyboard';
import { startNotifying } from './notify/notify';
import { startViewport } from './viewport';

/** What goes on beside the views, and is not needed to show the first; returns how to stop it. */
export function start(chat: Chat): () => void {
  const stops = [startKeyboard(chat), startNotifying(chat), startViewport(), keepStorage(chat)];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Who has written something does not want the browser to clear it away when space is short; some browsers ask the person. */
function keepStorage(chat: Chat): () => void {
  let asked = false;
  return chat.outbox.subscribe((entries) => {
    if (asked || entries.length === 0) return;
    asked = true;
    navigator.storage?.persist?.().catch(() => undefined);
  });
}
