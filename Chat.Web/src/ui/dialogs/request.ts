import { signal } from '@preact/signals';
import type { UserRef } from '../../wire/contract';

export type DialogRequest =
  | { readonly kind: 'switcher' | 'help' | 'settings' | 'signOut' | 'create' | 'browse' | 'direct' }
  | { readonly kind: 'invite' | 'edit' | 'leave'; readonly roomId: string }
  | { readonly kind: 'remove'; readonly roomId: string; readonly user: UserRef };

/** The dialog that is open. */
export const dialog = signal<DialogRequest | null>(null);

export const ask = (request: DialogRequest): void => {
  dialog.value = request;
};
