import type { Chat, OutboxEntry } from '../../chat/model';
import { t } from '../../i18n';
import { copyText } from '../copyText';
import { attempt } from '../toasts/toasts';

/** What I have written to a room that is not mine any more: it can be taken elsewhere, or thrown away. */
export function Unsent({ chat, entries }: { chat: Chat; entries: readonly OutboxEntry[] }) {
  return (
    <section class="unsent">
      <h2>{t('unsent.title')}</h2>
      {entries.map(({ clientId, body }) => (
        <div key={clientId}>
          <p dir="auto">{body}</p>
          <div class="buttons">
            <button type="button" onClick={() => attempt(copyText(body), t('unsent.copied'))}>
              {t('unsent.copy')}
            </button>
            <button type="button" onClick={() => attempt(chat.discard(clientId))}>
              {t('unsent.discard')}
            </button>
          </div>
        </div>
      ))}
    </section>
  );
}
