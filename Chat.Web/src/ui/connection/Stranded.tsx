import type { OutboxEntry } from '../../chat/model';
import { t } from '../../i18n';
import { pathOf, room as toRoom } from '../route';

/** Messages to rooms that are not mine any more are in no room of the list: this leads to them. */
export function Stranded({ entries }: { entries: readonly OutboxEntry[] }) {
  return (
    <p class="warn">
      <span>{t('unsent.bar', { n: entries.length })}</span>
      <a class="button" href={pathOf(toRoom(entries[0]?.roomId ?? ''))}>
        {t('unsent.show')}
      </a>
    </p>
  );
}
