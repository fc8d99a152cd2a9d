import { useId, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { refusalText } from '../../ui/refusals';
import { overhead, type Plan, type Result, ranked } from '../compare';
import { kinds } from '../kinds';
import type { Lab } from '../lab';
import { bytes, countOrNone, milliseconds } from './numbers';
import { Scrolled } from './Scrolled';
import { Segments } from './Segments';

type By = 'delay' | 'overhead';

export function Comparison({ lab }: { lab: Lab }) {
  const [plan, setPlan] = useState<Plan>({ messages: 10, idle: 15 });
  const [by, setBy] = useState<By>('delay');
  const [trouble, setTrouble] = useState('');
  const results = lab.results.value;
  const running = lab.running.value;
  const measured = results.filter((r) => r.complete).length;
  return (
    <section class="comparison" aria-labelledby="comparison-title" data-testid="comparison">
      <h2 id="comparison-title">{t('lab.compare')}</h2>
      <p class="hint">{t('lab.compare_hint')}</p>
      <div class="controls">
        <Amount
          label={t('lab.compare_messages')}
          value={plan.messages}
          most={100}
          change={(messages) => setPlan({ ...plan, messages })}
        />
        <Amount
          label={t('lab.compare_idle')}
          value={plan.idle}
          most={120}
          change={(idle) => setPlan({ ...plan, idle })}
        />
        {running ? (
          <button type="button" onClick={() => running.abort()}>
            {t('lab.compare_stop')}
          </button>
        ) : (
          <button
            type="button"
            class="primary"
            onClick={() => {
              setTrouble('');
              lab.compare(plan).catch((e) => setTrouble(refusalText(e)));
            }}
          >
            {t('lab.compare_run')}
          </button>
        )}
      </div>
      <p class="error" role="alert">
        {trouble}
      </p>
      <p role="status" class="hint">
        {running ? t('lab.compare_progress', { n: measured }) : measured === kinds.length && t('lab.compare_done')}
      </p>
      {running && <progress max={kinds.length} value={measured} aria-label={t('lab.compare')} />}
      {results.length > 0 && (
        <>
          <Segments
            label={t('lab.rank_by')}
            value={by}
            choose={setBy}
            options={[
              ['delay', t('lab.rank.delay')],
              ['overhead', t('lab.rank.overhead')],
            ]}
          />
          <Ranking results={ranked(results, by)} by={by} />
          <p class="hint">{t('lab.overhead_hint')}</p>
          <p>{t('lab.classic')}</p>
        </>
      )}
    </section>
  );
}

function Amount({
  label,
  value,
  most,
  change,
}: {
  label: string;
  value: number;
  most: number;
  change: (n: number) => void;
}) {
  const id = useId();
  return (
    <div class="amount">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        min={1}
        max={most}
        value={value}
        onChange={(e) => {
          const n = Math.round(Number(e.currentTarget.value));
          const right = Math.min(most, Math.max(1, n || 1));
          e.currentTarget.value = String(right);
          change(right);
        }}
      />
    </div>
  );
}

function Ranking({ results, by }: { results: readonly Result[]; by: By }) {
  const figure = (r: Result) => (by === 'delay' ? r.median : overhead(r));
  const most = Math.max(1, ...results.map((r) => figure(r) ?? 0));
  return (
    <Scrolled class="scroll" label={t('lab.compare')} testId="ranking">
      <table>
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              {t('lab.column.rank')}
            </th>
            <th scope="col" rowSpan={2}>
              {t('lab.transport')}
            </th>
            <th scope="col" rowSpan={2} aria-sort={by === 'delay' ? 'ascending' : undefined}>
              {t('lab.delay')}
            </th>
            <th scope="col" rowSpan={2}>
              {t('lab.column.p90')}
            </th>
            <th scope="colgroup" colSpan={2}>
              {t('lab.per_message')}
            </th>
            <th scope="colgroup" colSpan={2}>
              {t('lab.per_idle')}
            </th>
            <th scope="col" rowSpan={2}>
              {t('lab.held')}
            </th>
            <th scope="col" rowSpan={2} aria-sort={by === 'overhead' ? 'ascending' : undefined}>
              {t('lab.column.overhead')}
            </th>
          </tr>
          <tr>
            <th scope="col">{t('lab.column.requests')}</th>
            <th scope="col">{t('lab.column.bytes')}</th>
            <th scope="col">{t('lab.column.requests')}</th>
            <th scope="col">{t('lab.column.bytes')}</th>
          </tr>
        </thead>
        <tbody>
          {results.map((r, i) => (
            <tr key={r.kind} data-kind={r.kind} data-complete={r.complete}>
              <td class="rank">{figure(r) === null ? t('lab.unknown') : i + 1}</td>
              <th scope="row">
                {t(`lab.kind.${r.kind}`)}
                {r.error !== undefined && <small class="error">{r.error}</small>}
                <svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                  <rect width={Math.max(1, (100 * (figure(r) ?? 0)) / most)} height="4" />
                </svg>
              </th>
              <td>{milliseconds(r.median)}</td>
              <td>{milliseconds(r.p90)}</td>
              <td>{countOrNone(r.requestsPerMessage)}</td>
              <td>{bytes(r.bytesPerMessage)}</td>
              <td>{countOrNone(r.requestsPerIdleMinute)}</td>
              <td>{bytes(r.bytesPerIdleMinute)}</td>
              <td>{countOrNone(r.held)}</td>
              <td>{bytes(overhead(r))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}
