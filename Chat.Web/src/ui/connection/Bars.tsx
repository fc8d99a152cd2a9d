import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import { reason as why } from '../conversation/actions';
import { reload, waitingVersion } from '../update';

/** What everybody should know at once, above everything. */
export function Bars({ chat }: { chat: Chat }) {
  const { state, reason } = chat.status.value;
  const waiting = chat.rooms.value.reduce((sum, entry) => sum + entry.outbox, 0);
  return (
    <div class="bars" role="status">
      {state !== 'connected' && waiting > 0 && (
        <p class="warn">
          <span>{t('bar.waiting', { n: waiting })}</span>
          {state === 'connecting' && (
            <button type="button" onClick={() => chat.tryNow()}>
              {t('connection.try_now')}
            </button>
          )}
        </p>
      )}
      {state === 'failed' && (
        <p class="bad">{t('bar.failed', { why: why(String(reason.error), String(reason.detail ?? '')) })}</p>
      )}
      {chat.storageError.value !== null && <p class="bad">{t('bar.storage', { detail: chat.storageError.value })}</p>}
      {waitingVersion.value && (
        <p class="info">
          <span>{t('bar.new_version')}</span>
          <button type="button" onClick={reload}>
            {t('bar.reload')}
          </button>
        </p>
      )}
    </div>
  );
}
