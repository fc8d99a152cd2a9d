/** Who uses this page: opened from the cache with the last user at once, and checked with the server beside it. */
import { effect, signal } from '@preact/signals';
import type { Chat } from '../../chat/model';
import { readJson, writeLocal } from '../../local';
import * as account from '../../wire/account';
import type { User } from '../../wire/contract';

export type Entry =
  | { readonly kind: 'opening' }
  | { readonly kind: 'out'; readonly why: 'signed_out' | 'unreachable' | null }
  | { readonly kind: 'in'; readonly chat: Chat; readonly isNew: boolean };

export const entry = signal<Entry>({ kind: 'opening' });

const lastUserKey = 'chat:user';
let openChat: (user: User) => Promise<Chat>;
let forget: (userId: string) => Promise<void>;
let wanted: string | null = null;

/**
 * Shows the right view, and follows signing in and out in other tabs. `forgetAccount` deletes what this browser keeps
 * of somebody.
 */
export async function start(
  open: (user: User) => Promise<Chat>,
  forgetAccount: (userId: string) => Promise<void>,
): Promise<void> {
  openChat = open;
  forget = forgetAccount;
  window.addEventListener('storage', (e) => {
    if (e.key === lastUserKey) check();
  });
  const last = lastUser();
  if (last) show(last);
  await check();
}

/** Asks the server who is signed in. Where it does not answer, who is known stays. */
export async function check(): Promise<void> {
  try {
    const user = await account.current();
    if (user) return await show(user);
    const gone = wanted ?? lastUser()?.id;
    leave(wanted ? 'signed_out' : null);
    if (gone) await forget(gone);
  } catch {
    if (!wanted) leave('unreachable');
  }
}

/** The server has just accepted this user. */
export async function signedIn(user: User, isNew: boolean): Promise<void> {
  writeLocal(lastUserKey, JSON.stringify(user));
  await show(user, isNew);
}

/** Back to the sign-in view. */
export function leave(why: 'signed_out' | 'unreachable' | null): void {
  const shown = entry.peek();
  wanted = null;
  if (shown.kind === 'in') shown.chat.stop();
  if (why !== 'unreachable') writeLocal(lastUserKey, null);
  entry.value = { kind: 'out', why };
}

async function show(user: User, isNew = false): Promise<void> {
  if (wanted === user.id) return;
  wanted = user.id;
  const shown = entry.peek();
  if (shown.kind === 'in') shown.chat.stop();
  entry.value = { kind: 'opening' };
  writeLocal(lastUserKey, JSON.stringify(user));
  const chat = await openChat(user);
  if (wanted !== user.id) {
    chat.stop(); // somebody else was meanwhile found to be signed in
    return;
  }
  entry.value = { kind: 'in', chat, isNew };
  const stop = effect(() => {
    const { state, reason } = chat.status.value;
    if (state !== 'failed' || reason.error !== 'unauthenticated') return;
    queueMicrotask(() => {
      stop();
      const now = entry.peek();
      if (now.kind !== 'in' || now.chat !== chat) return;
      leave('signed_out');
      void forgetIfOver(user.id);
    });
  });
}

/** A proxy may have refused in the server's place: only what the server itself says ends what is kept here. */
async function forgetIfOver(userId: string): Promise<void> {
  try {
    if ((await account.current()) === null) await forget(userId);
  } catch {
    // Nobody answers: the next start of the page asks again.
  }
}

function lastUser(): User | null {
  const user = readJson(lastUserKey) as User | null;
  return user?.id && user.name ? user : null;
}
