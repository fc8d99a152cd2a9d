import './styles/tokens.css';
import './styles/base.css';
import './styles/panes.css';
import { render } from 'preact';
import { openChat } from './chat/open';
import { start as startLanguage } from './i18n';
import { forgetAccount } from './store/forget';
import { App } from './ui/App';
import { startRouting } from './ui/route';
import { startTheme } from './ui/settings/theme';
import { start as startEntry } from './ui/signin/entry';

startTheme();
startRouting();
await startLanguage();
startEntry(openChat, forgetAccount);
render(<App />, document.body);
// Without it the page works as well, and asks for it again when it is next opened.
import('./ui/update').then(({ startServiceWorker }) => startServiceWorker()).catch(() => undefined);
