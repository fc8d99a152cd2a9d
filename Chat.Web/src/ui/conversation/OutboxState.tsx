import type { VNode } from 'preact';
import type { OutboxEntry } from '../../chat/model';
import { t } from '../../i18n';
import { type Actions, reason } from './actions';
import { Clock, Tick, Warning } from './icons';

/** Where a message of mine stands before its event has come: waiting, acknowledged, or refused with what can be done. */
export function OutboxState({ entry, act }: { entry: OutboxEntry; act: Actions }): VNode {
  if (entry.state === 'sent') return <Mark text={t('outbox.sent')} Icon={Tick} />;
  if (entry.state === 'pending') {
    const why = entry.error
      ? `${t('outbox.pending')}: ${reason(entry.error.code, entry.error.message)}`
      : t('outbox.pending');
    return <Mark text={why} Icon={Clock} />;
  }
  return (
    <div class="failure">
      <Warning />
      <span>{t('outbox.failed', { reason: reason(entry.error?.code ?? '', entry.error?.message ?? '') })}</span>
      <button type="button" onClick={() => act.retry(entry.clientId)}>
        {t('outbox.retry')}
      </button>
      <button type="button" onClick={() => act.discard(entry.clientId)}>
        {t('outbox.discard')}
      </button>
    </div>
  );
}

const Mark = ({ text, Icon }: { text: string; Icon: () => VNode }) => (
  <span class="mark" title={text}>
    <Icon />
    <span class="unseen">{text}</span>
  </span>
);
