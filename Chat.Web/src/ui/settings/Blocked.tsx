import '../../styles/consent.css';
import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import { unblockPerson } from '../rooms/blocking';

/** The people whom I have blocked. */
export function Blocked({ chat }: { chat: Chat }) {
  const blocked = [...chat.blocked.value.values()];
  return (
    <section>
      <h3>{t('block.title')}</h3>
      {blocked.length === 0 && <p class="hint">{t('block.none')}</p>}
      <ul class="blocked">
        {blocked.map((user) => (
          <li key={user.id}>
            <bdi class="one-line">{user.name}</bdi>
            <button
              type="button"
              aria-label={t('unblock.named', { name: user.name })}
              onClick={() => unblockPerson(chat, user)}
            >
              {t('unblock.action')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
