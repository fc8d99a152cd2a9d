import '../../styles/notice.css';
import '../../i18n/shellLater';
import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import { ask } from '../dialogs/request';

/** No room is open. */
export function Welcome({ chat }: { chat: Chat }) {
  return (
    <div class="blank">
      <h1>{t('welcome.title', { name: chat.me.value.name })}</h1>
      <p>{t('welcome.text')}</p>
      <div class="buttons">
        <button type="button" class="primary" onClick={() => ask({ kind: 'browse' })}>
          {t('browse.title')}
        </button>
        <button type="button" onClick={() => ask({ kind: 'create' })}>
          {t('create.title')}
        </button>
        <button type="button" onClick={() => ask({ kind: 'direct' })}>
          {t('direct.title')}
        </button>
      </div>
    </div>
  );
}
