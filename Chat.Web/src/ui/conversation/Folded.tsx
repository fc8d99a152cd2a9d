import type { VNode } from 'preact';
import { t } from '../../i18n';
import { clockTime } from '../times';
import type { RowProps } from './RowView';

/** In place of a message of somebody whom I have blocked. */
export function Folded({ row, active, unfold }: RowProps & { unfold: () => void }): VNode | null {
  if (row.item.kind !== 'message') return null;
  const { message } = row.item;
  return (
    <article
      class="notice folded"
      data-key={row.key}
      data-seq={message.seq}
      tabIndex={active ? 0 : -1}
      aria-label={t('message.folded')}
    >
      <time dateTime={new Date(message.at).toISOString()}>{clockTime(message.at)}</time> {t('message.folded')}{' '}
      <button type="button" class="link" tabIndex={active ? 0 : -1} onClick={unfold}>
        {t('message.unfold')}
      </button>
    </article>
  );
}
