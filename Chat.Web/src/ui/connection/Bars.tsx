import '../../styles/bars.css';
import '../../i18n/shellLater';
import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import { reload, waitingVersion } from '../update';
import { refusedBecause } from './reasonText';
import { Stranded } from './Stranded';

/** What everybody should know at once, above everything. */
export function Bars({ chat }: { chat: Chat }) {
  const { state, reason } = chat.status.value;
  const waiting = chat.outbox.value.filter((entry) => entry.state === 'pending').length;
  const rooms = new Set(chat.rooms.value.map((entry) => entry.room.id));
  const stranded = chat.outbox.value.filter((entry) => entry.state === 'failed' && !rooms.has(entry.roomId));
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
      {stranded.length > 0 && <Stranded entries={stranded} />}
      {state === 'failed' && <p class="bad">{t('bar.failed', { why: refusedBecause(reason) })}</p>}
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
