import type { Chat } from '../chat/model';
import { startKeyboard } from './keyboard/keyboard';
import { startNotifying } from './notify/notify';
import { startViewport } from './viewport';

/** What goes on beside the views, and is not needed to show the first; returns how to stop it. */
export function start(chat: Chat): () => void {
  const stops = [startKeyboard(chat), startNotifying(chat), startViewport()];
  return () => {
    for (const stop of stops) stop();
  };
}
