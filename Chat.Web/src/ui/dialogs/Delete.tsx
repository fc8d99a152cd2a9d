import type { Chat, Message } from '../../chat/model';
import { t } from '../../i18n';
import { plain } from '../../text/plain';
import { modeOf, without } from '../conversation/modes';
import { attempt } from '../toasts/toasts';
import { Question } from './Dialog';

export function Delete({ chat, roomId, message }: { chat: Chat; roomId: string; message: Message }) {
  return (
    <Question
      title={t('delete.title')}
      quote={plain(message.body ?? '')}
      text={t('delete.text')}
      action={t('message.delete')}
      danger
      run={async () => {
        const mode = modeOf(chat, roomId);
        mode.value = without(mode.peek(), (m) => m.message.seq === message.seq);
        // Not waited for: the focus has to be back before the button that had it goes with the message.
        void attempt(chat.remove(roomId, message.seq));
      }}
    />
  );
}
