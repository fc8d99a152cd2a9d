import { signalrHub } from '../relay/hub';
import { SafeStore } from '../store/safeStore';
import type { User } from '../wire/contract';
import { exclusive } from './locks';
import type { Chat } from './model';
import { RelayChat } from './relayChat';

/** Opens the chat of this person from what is stored here, and connects in the background with the page's cookie. */
export async function openChat(user: User): Promise<Chat> {
  const store = await SafeStore.open(user.id);
  return RelayChat.open(user, { store, exclusive, open: signalrHub(new URL('/hubs/chat', location.href).href) });
}
