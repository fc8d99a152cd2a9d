import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import type { UserRef } from '../../wire/contract';
import { rememberRoom } from '../rooms/shownRoom';
import { go, home } from '../route';
import { done } from '../toasts/toasts';
import { Question } from './Dialog';

export function Leave({ chat, roomId }: { chat: Chat; roomId: string }) {
  const room = chat.room(roomId).peek()?.room;
  return (
    <Question
      title={t('leave.title')}
      text={t(room?.kind === 'private' ? 'leave.private' : 'leave.text', { room: room?.name ?? '' })}
      action={t('leave.action')}
      danger
      run={async () => {
        await chat.leave(roomId);
        rememberRoom(null);
        go(home, 'replace');
      }}
    />
  );
}

export function Remove({ chat, roomId, user }: { chat: Chat; roomId: string; user: UserRef }) {
  const room = chat.room(roomId).peek()?.room;
  return (
    <Question
      title={t('remove.title')}
      text={t('remove.text', { name: user.name, room: room?.name ?? '' })}
      action={t('remove.action')}
      danger
      run={async () => {
        await chat.removeMember(roomId, user.name);
        done(t('remove.done', { name: user.name }));
      }}
    />
  );
}
