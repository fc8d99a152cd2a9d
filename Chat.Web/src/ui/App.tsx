import { t } from '../i18n';
import { DialogHost } from './dialogs/DialogHost';
import { later } from './later';
import { Panes } from './Panes';
import { entry } from './signin/entry';
import { Toasts } from './toasts/Toasts';

const SignIn = later(async () => (await import('./signin/SignIn')).SignIn);

export function App() {
  const now = entry.value;
  const chat = now.kind === 'in' ? now.chat : null;
  return (
    <>
      {now.kind === 'opening' && <main class="opening" aria-label={t('app.name')} aria-busy="true" />}
      {now.kind === 'out' && <SignIn why={now.why} />}
      {now.kind === 'in' && <Panes key={now.chat} chat={now.chat} isNew={now.isNew} />}
      <DialogHost chat={chat} />
      <Toasts />
    </>
  );
}
