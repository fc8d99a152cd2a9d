import { useEffect, useState } from 'preact/hooks';
import { language, t } from '../../i18n';
import { Icon } from '../../ui/icons';
import { refusalText } from '../../ui/refusals';
import { LanguageChoice, ThemeChoice } from '../../ui/settings/Choices';
import { Refusal } from '../../wire/refusal';
import { kinds } from '../kinds';
import { Lab } from '../lab';
import { Comparison } from './Comparison';
import { PersonView } from './PersonView';
import { WireView } from './WireView';

export function LabPage() {
  const [lab, setLab] = useState<Lab | null>(null);
  useEffect(() => {
    document.title = t('lab.title');
  }, [language.value]);
  return (
    <div class="lab">
      <header>
        <a class="button" href="/">
          <Icon of="back" />
          {t('lab.back')}
        </a>
        <div class="choices">
          <LanguageChoice />
          <ThemeChoice />
        </div>
      </header>
      <main>
        <div class="intro">
          <h1>{t('lab.title')}</h1>
          <p>{t('lab.intro')}</p>
        </div>
        {lab ? <Running lab={lab} /> : <Start started={setLab} />}
      </main>
    </div>
  );
}

function Start({ started }: { started: (lab: Lab) => void }) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState('');
  async function start() {
    if (busy) return;
    setBusy(true);
    setTrouble('');
    try {
      started(await Lab.open());
    } catch (e) {
      const noGuests = e instanceof Refusal && e.code === 'forbidden';
      setTrouble(noGuests ? t('lab.no_guests') : t('lab.failed', { why: refusalText(e) }));
    } finally {
      setBusy(false);
    }
  }
  return (
    <div class="start">
      <button type="button" class="primary" aria-disabled={busy} onClick={start}>
        {t(busy ? 'lab.starting' : 'lab.start')}
      </button>
      <p class="hint">{t('lab.start_hint')}</p>
      <p class="error" role="alert">
        {trouble}
      </p>
      <ul class="techniques">
        {kinds.map((kind) => (
          <li key={kind}>
            <h2>{t(`lab.kind.${kind}`)}</h2>
            <p>{t(`lab.about.${kind}`)}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Running({ lab }: { lab: Lab }) {
  const [j, d] = lab.people;
  const resting = lab.running.value !== null;
  return (
    <>
      {resting && (
        <p class="resting" role="status">
          {t('lab.resting')}
        </p>
      )}
      <div class="people">
        <PersonView person={j} other="D" resting={resting} />
        <PersonView person={d} other="J" resting={resting} />
      </div>
      <WireView people={lab.people} />
      <Comparison lab={lab} />
    </>
  );
}
