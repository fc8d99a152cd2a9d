import type { Chat } from '../../chat/model';
import { go, room } from '../route';
import { attempt } from '../toasts/toasts';

/** Opens the direct room with somebody. */
export const openDirect = async (chat: Chat, userName: string): Promise<void> =>
  go(room((await chat.openDirect(userName)).id));

/** The same from a menu, with refusals said beside. */
export const writeTo = (chat: Chat, userName: string): Promise<void> => attempt(openDirect(chat, userName));
