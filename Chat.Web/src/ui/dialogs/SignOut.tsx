import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import { forgetSettings } from '../../store/forget';
import { rememberRoom } from '../rooms/shownRoom';
import { go, home } from '../route';
import { leave } from '../signin/entry';
import { Question } from './Dialog';

export function SignOut({ chat }: { chat: Chat }) {
  const me = chat.me.value;
  const waiting = chat.outbox.value.filter((entry) => entry.state !== 'sent').length;
  return (
    <Question
      title={t('signout.title')}
      text={
        <>
          {t(me.kind === 'guest' ? 'signout.guest' : 'signout.text', { name: me.name })}
          {waiting > 0 && ` ${t('signout.waiting', { n: waiting })}`}
        </>
      }
      action={t('signout.action')}
      danger
      run={async () => {
        await chat.signOut();
        forgetSettings();
        rememberRoom(null);
        go(home, 'replace');
        leave(null);
      }}
    />
  );
}
