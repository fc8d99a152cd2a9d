import { signal } from '@preact/signals';
import type { Message } from '../../chat/model';
import type { UserRef } from '../../wire/contract';

export type DialogRequest =
  | { readonly kind: 'switcher' | 'help' | 'settings' | 'signOut' | 'create' | 'browse' | 'direct' }
  | { readonly kind: 'invite' | 'edit' | 'leave'; readonly roomId: string }
  | { readonly kind: 'delete'; readonly roomId: string; readonly message: Message }
  | { readonly kind: 'remove'; readonly roomId: string; readonly user: UserRef };

/** The dialog that is open. */
export const dialog = signal<DialogRequest | null>(null);

export const ask = (request: DialogRequest): void => {
  dialog.value = request;
};
