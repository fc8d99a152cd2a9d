import '../../styles/signin.css';
import '../../i18n/shellLater';
import { useEffect, useState } from 'preact/hooks';
import { type Key, language, t } from '../../i18n';
import * as account from '../../wire/account';
import { limits } from '../../wire/contract';
import { Refusal } from '../../wire/refusal';
import { Field, focusFirstError } from '../dialogs/Field';
import { isName } from '../names';
import { refusalText } from '../refusals';
import { route } from '../route';
import { LanguageChoice, ThemeChoice } from '../settings/Choices';
import { signedIn } from './entry';

type Action = 'guest' | 'login' | 'register';

export function SignIn({ why }: { why: 'signed_out' | 'unreachable' | null }) {
  const [withPassword, setWithPassword] = useState(false);
  useEffect(() => {
    document.title = t('app.name');
  }, [language.value]);
  return (
    <div class="signin">
      <main>
        <h1>{t('app.name')}</h1>
        {why && <p role="status">{t(why === 'signed_out' ? 'signin.signed_out' : 'refusal.unreachable')}</p>}
        {why === null && route.value.roomId !== null && <p>{t('signin.invited')}</p>}
        <Form key={withPassword} withPassword={withPassword} />
        <button
          type="button"
          class="text-button"
          aria-expanded={withPassword}
          onClick={() => setWithPassword((shown) => !shown)}
        >
          {t(withPassword ? 'signin.no_password' : 'signin.use_password')}
        </button>
      </main>
      <footer>
        <LanguageChoice />
        <ThemeChoice />
      </footer>
    </div>
  );
}

function Form({ withPassword }: { withPassword: boolean }) {
  const [visible, setVisible] = useState(false);
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Errors>({});

  async function enter(action: Action, form: HTMLFormElement) {
    if (busy) return;
    const typed = new FormData(form); // from the fields themselves: whatever filled them
    const name = String(typed.get('username') ?? '').trim();
    const password = String(typed.get('password') ?? '');
    const wrong = complaints(action, name, password);
    setErrors(wrong);
    if (wrong.name ?? wrong.password) return void focusFirstError(form);
    setBusy(true);
    try {
      await signedIn(await call(action, name, password), action !== 'login');
    } catch (e) {
      setErrors(refused(action, e));
      focusFirstError(form);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        const pressed = e.submitter instanceof HTMLButtonElement ? e.submitter.value : '';
        enter(!withPassword ? 'guest' : pressed === 'register' ? 'register' : 'login', e.currentTarget);
      }}
    >
      <Field
        label={t(withPassword ? 'signin.name' : 'signin.your_name')}
        error={errors.name}
        name="username"
        autocomplete={withPassword ? 'username' : 'nickname'}
        verbatim
        maxLength={limits.nameMax}
      />
      {withPassword && (
        <Field
          label={t('signin.password')}
          error={errors.password}
          type={visible ? 'text' : 'password'}
          name="password"
          autocomplete="current-password"
          maxLength={limits.passwordMax}
        >
          <button type="button" class="text-button" aria-pressed={visible} onClick={() => setVisible((v) => !v)}>
            {t('signin.show_password')}
          </button>
        </Field>
      )}
      <p class="error" role="alert">
        {errors.form}
      </p>
      <div class="buttons">
        <button type="submit" class="primary" value="login" aria-disabled={busy}>
          {t(withPassword ? 'signin.sign_in' : 'signin.start')}
        </button>
        {withPassword && (
          <button type="submit" value="register" aria-disabled={busy}>
            {t('signin.register')}
          </button>
        )}
      </div>
    </form>
  );
}

interface Errors {
  readonly name?: string;
  readonly password?: string;
  readonly form?: string;
}

const call = (action: Action, name: string, password: string) =>
  action === 'guest'
    ? account.guest(name)
    : action === 'login'
      ? account.login(name, password)
      : account.register(name, password);

/** What the page can know without asking. Signing in takes any password: the rule may have been another when it was made. */
function complaints(action: Action, name: string, password: string): Errors {
  const length = [...password].length;
  const wrong: Key | null =
    action === 'guest' || length > 0
      ? action === 'register' && length < limits.passwordMin
        ? 'signin.password_short'
        : null
      : 'signin.password_missing';
  return {
    ...(isName(name) ? {} : { name: t(name ? 'signin.name_invalid' : 'signin.name_missing') }),
    ...(wrong ? { password: t(wrong, { n: limits.passwordMin }) } : {}),
  };
}

function refused(action: Action, error: unknown): Errors {
  if (!(error instanceof Refusal)) return { form: refusalText(error) };
  if (error.code === 'name_taken') {
    return { name: t(action === 'guest' ? 'signin.name_taken_guest' : 'signin.name_taken') };
  }
  if (error.code === 'unauthenticated') return { password: t('signin.wrong') };
  if (error.code === 'invalid' && /^password/i.test(error.message)) return { password: refusalText(error) };
  if (error.code === 'invalid') return { name: t('signin.name_invalid') };
  return { form: refusalText(error) };
}
