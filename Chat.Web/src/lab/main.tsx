import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/forms.css';
import '../styles/lab.css';
import '../i18n/shellLater';
import '../i18n/labWords';
import { render } from 'preact';
import { start as startLanguage } from '../i18n';
import { startTheme } from '../ui/settings/theme';
import { LabPage } from './ui/LabPage';

startTheme();
await startLanguage();
render(<LabPage />, document.body);
