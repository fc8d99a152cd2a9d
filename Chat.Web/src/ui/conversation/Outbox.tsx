import type { VNode } from 'preact';
import { useContext } from 'preact/hooks';
import type { OutboxEntry } from '../../chat/model';
import { t } from '../../i18n';
import { TabStop } from '../../text/tabStop';
import { Icon } from '../icons';
import { refused } from '../refusals';
import type { Actions } from './actions';

/** Whether a message of mine, whose event has not come yet, waits or is acknowledged. */
export function OutboxMark({ entry }: { entry: OutboxEntry }): VNode | null {
  if (entry.state === 'failed') return null;
  const text = outboxText(entry);
  return (
    <span class="mark" title={text}>
      <Icon of={entry.state === 'sent' ? 'check' : 'clock'} />
      <span class="visually-hidden">{text}</span>
    </span>
  );
}

/** Why a message was refused for good, and what can be done. */
export function Failure({ entry, act }: { entry: OutboxEntry; act: Actions }): VNode {
  const tabIndex = useContext(TabStop);
  return (
    <div class="failure">
      <Icon of="warning" />
      <span>{outboxText(entry)}</span>
      <button type="button" tabIndex={tabIndex} onClick={() => act.retry(entry.clientId)}>
        {t('outbox.retry')}
      </button>
      <button type="button" tabIndex={tabIndex} onClick={() => act.discard(entry.clientId)}>
        {t('outbox.discard')}
      </button>
    </div>
  );
}

/** How far it has got, and why no further. */
export function outboxText({ state, error }: OutboxEntry): string {
  const reason = error ? refused(error) : '';
  if (state === 'failed') return t('outbox.failed', { reason });
  const text = t(state === 'sent' ? 'outbox.sent' : 'outbox.pending');
  return reason ? `${text}: ${reason}` : text;
}
