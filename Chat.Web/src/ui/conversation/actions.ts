import type { Message } from '../../chat/model';
import { type Key, known, t } from '../../i18n';
import { Refusal } from '../../wire/refusal';

/** What a person can do with a message. The same object for the life of a conversation. */
export interface Actions {
  reply(message: Message): void;
  edit(message: Message): void;
  /** Asks first. */
  remove(message: Message): void;
  /** Opens the choice of emoji. */
  pickReaction(message: Message): void;
  /** Sets my reaction, or takes it back if it is this one. */
  toggleReaction(message: Message, emoji: string): void;
  copyLink(message: Message): void;
  jump(seq: number): void;
  retry(clientId: string): void;
  discard(clientId: string): void;
}

/** Why something was refused, in the language of the page. */
export function reason(code: string, detail: string): string {
  const key = `why.${code}` as Key;
  return known(key) ? t(key) : detail || code;
}

/** The same for something thrown. */
export const reasonOf = (thrown: unknown): string =>
  thrown instanceof Refusal ? reason(thrown.code, thrown.message) : reason('unavailable', '');
