import type { Message } from '../../chat/model';

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
