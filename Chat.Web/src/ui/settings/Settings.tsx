import { useId, useState } from 'preact/hooks';
import type { Chat, NotifyLevel } from '../../chat/model';
import { t } from '../../i18n';
import { Dialog } from '../dialogs/Dialog';
import { ask } from '../dialogs/request';
import { change, levels, preferences } from '../notify/preferences';
import { Blocked } from './Blocked';
import { LanguageChoice, ThemeChoice } from './Choices';

export function Settings({ chat }: { chat: Chat }) {
  const me = chat.me.value;
  return (
    <Dialog title={t('settings.title')} class="tall">
      <section>
        <h3>{t('settings.look')}</h3>
        <LanguageChoice />
        <ThemeChoice />
      </section>
      <section>
        <h3>{t('notify.title')}</h3>
        <Desktop />
        <Level />
        <label class="option">
          <input
            type="checkbox"
            checked={preferences.value.sound}
            onChange={async (e) => {
              const sound = e.currentTarget.checked;
              change({ sound });
              if (sound) (await import('../notify/sound')).beep();
            }}
          />
          {t('notify.sound')}
        </label>
        <p class="hint">{t('notify.per_room')}</p>
      </section>
      <section>
        <h3>{t('settings.account')}</h3>
        <p>{t(`settings.${me.kind}`, { name: me.name })}</p>
        <button type="button" onClick={() => ask({ kind: 'signOut' })}>
          {t('signout.title')}
        </button>
      </section>
      <Blocked chat={chat} />
      <section>
        <h3>{t('settings.about')}</h3>
        <p>{t('settings.about_text')}</p>
      </section>
    </Dialog>
  );
}

/** The browser is asked only by this click. */
function Desktop() {
  const [permission, setPermission] = useState(() =>
    'Notification' in globalThis && isSecureContext ? Notification.permission : null,
  );
  return (
    <>
      <label class="option">
        <input
          type="checkbox"
          checked={preferences.value.desktop && permission === 'granted'}
          disabled={permission === null || permission === 'denied'}
          onChange={async (e) => {
            const box = e.currentTarget;
            const answer = box.checked ? await Notification.requestPermission() : permission;
            setPermission(answer);
            change({ desktop: box.checked && answer === 'granted' });
            box.checked = preferences.peek().desktop;
          }}
        />
        {t('notify.desktop')}
      </label>
      {permission === 'denied' && <p class="hint">{t('notify.denied')}</p>}
      {permission === null && <p class="hint">{t('notify.unsupported')}</p>}
    </>
  );
}

function Level() {
  const id = useId();
  return (
    <div class="choice">
      <label for={id}>{t('notify.level')}</label>
      <select
        id={id}
        value={preferences.value.level}
        onChange={(e) => change({ level: e.currentTarget.value as NotifyLevel })}
      >
        {levels.map((level) => (
          <option key={level} value={level}>
            {t(`notify.${level}`)}
          </option>
        ))}
      </select>
    </div>
  );
}
