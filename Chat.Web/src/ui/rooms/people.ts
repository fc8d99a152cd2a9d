import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import type { Room, UserRef } from '../../wire/contract';
import { attempt } from '../toasts/toasts';

/** The person at the other end of a direct room. */
export const otherOf = (room: Pick<Room, 'kind' | 'members'>, myId: string): UserRef | null =>
  room.kind === 'direct' ? (room.members.find((member) => member.id !== myId) ?? null) : null;

export const blockPerson = (chat: Chat, user: UserRef): Promise<void> =>
  attempt(chat.block(user), t('block.done', { name: user.name }));

export const unblockPerson = (chat: Chat, user: UserRef): Promise<void> =>
  attempt(chat.unblock(user), t('unblock.done', { name: user.name }));
