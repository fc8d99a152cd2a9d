import '../../styles/forms.css';
import { useId } from 'preact/hooks';
import { choose, chosen, type Language, language, t } from '../../i18n';
import { attempt } from '../toasts/toasts';
import { type Theme, theme, themes } from './theme';

export function LanguageChoice() {
  const id = useId();
  language.value; // shown anew when it changes
  return (
    <div class="choice">
      <label for={id}>{t('settings.language')}</label>
      <select
        id={id}
        value={chosen() ?? ''}
        onChange={async (e) => {
          const select = e.currentTarget;
          await attempt(choose((select.value || null) as Language | null));
          select.value = chosen() ?? '';
        }}
      >
        <option value="">{t('settings.language_browser')}</option>
        <option value="en" lang="en">
          English
        </option>
        <option value="zh" lang="zh-CN">
          简体中文
        </option>
      </select>
    </div>
  );
}

export function ThemeChoice() {
  const id = useId();
  return (
    <div class="choice">
      <label for={id}>{t('settings.theme')}</label>
      <select
        id={id}
        value={theme.value}
        onChange={(e) => {
          theme.value = e.currentTarget.value as Theme;
        }}
      >
        {themes.map((name) => (
          <option key={name} value={name}>
            {t(`theme.${name}`)}
          </option>
        ))}
      </select>
    </div>
  );
}
