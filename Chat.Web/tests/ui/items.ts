/** Lines of a timeline, made up. */
import type { Item, Message } from '../../src/chat/model';
import type { ChatEvent, UserRef } from '../../src/wire/contract';

export function message(
  seq: number,
  sender: UserRef,
  body: string | null,
  at: number,
  more: Partial<Message> = {},
): Item {
  const whole: Message = { roomId: 'r1', seq, sender, at, body, edited: false, reactions: [], ...more };
  return { kind: 'message', key: `s${seq}`, seq, message: whole };
}

export function notice(seq: number, type: string, sender: UserRef, at: number, more: Partial<ChatEvent> = {}): Item {
  const event: ChatEvent = { roomId: 'r1', seq, id: `e${seq}`, type, sender, at: new Date(at).toISOString(), ...more };
  return { kind: 'notice', key: `s${seq}`, seq, event };
}
