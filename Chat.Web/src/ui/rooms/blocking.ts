import '../../i18n/shellLater';
import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import type { UserRef } from '../../wire/contract';
import { attempt } from '../toasts/toasts';

export const blockPerson = (chat: Chat, user: UserRef): Promise<void> =>
  attempt(chat.block(user), t('block.done', { name: user.name }));

export const unblockPerson = (chat: Chat, user: UserRef): Promise<void> =>
  attempt(chat.unblock(user), t('unblock.done', { name: user.name }));
