import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { Row } from '../decode/row';
import type { Person } from '../person';
import { HttpsView, HttpView } from './Eavesdropper';
import { bytes } from './numbers';
import { Segments } from './Segments';

type View = 'wire' | 'http' | 'https';

/** What goes by between one of the two and the server: taken apart, or as somebody else would see it. */
export function WireView({ people }: { people: readonly [Person, Person] }) {
  const [letter, setLetter] = useState<'J' | 'D'>('D');
  const [view, setView] = useState<View>('wire');
  const person = letter === 'J' ? people[0] : people[1];
  const missing = person.counts.value?.missing ?? 0;
  const unseen = location.protocol === 'https:' && person.state.value === 'open' && person.counts.value?.requests === 0;
  return (
    <section class="wire" aria-labelledby="wire-title" data-testid="wire">
      <h2 id="wire-title">{t('lab.wire')}</h2>
      <div class="controls">
        <Segments
          label={t('lab.whose')}
          value={letter}
          choose={setLetter}
          options={[
            ['J', 'J'],
            ['D', 'D'],
          ]}
        />
        <Segments
          label={t('lab.view')}
          value={view}
          choose={setView}
          options={[
            ['wire', t('lab.view.wire')],
            ['http', t('lab.view.http')],
            ['https', t('lab.view.https')],
          ]}
        />
      </div>
      {missing > 0 && <p class="hint">{t('lab.missing', { n: missing })}</p>}
      {unseen ? (
        <p>{t('lab.no_wire')}</p>
      ) : view === 'wire' ? (
        <Protocol person={person} />
      ) : view === 'http' ? (
        <HttpView person={person} people={people} />
      ) : (
        <HttpsView key={person.letter} person={person} people={people} />
      )}
    </section>
  );
}

const shown = 120;

function Protocol({ person }: { person: Person }) {
  const rows = person.rows.value.slice(-shown);
  const list = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    if (follows.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [rows.length, rows.at(-1)]);
  return (
    <>
      <p class="hint">{t('lab.wire_hint', { name: person.letter })}</p>
      {rows.length === 0 && <p class="hint">{t('lab.nothing_yet')}</p>}
      <ol
        class="rows"
        ref={list}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
        tabIndex={0}
        aria-label={t('lab.wire')}
        onScroll={(e) => {
          const { scrollTop, scrollHeight, clientHeight } = e.currentTarget;
          follows.current = scrollHeight - scrollTop - clientHeight < 40;
        }}
      >
        {rows.map((row, i) => (
          <RowLine key={`${row.at} ${row.exchange} ${i}`} row={row} />
        ))}
      </ol>
    </>
  );
}

/** The character that ends SignalR's messages cannot be seen. */
export const visible = (text: string): string => text.replaceAll('\x1e', '␞');

/** Those whose title says it all. */
const plain: readonly Row['kind'][] = ['request', 'response', 'upgrade', 'end'];

function RowLine({ row }: { row: Row }) {
  const up = row.from === 'client';
  const preview = plain.includes(row.kind) ? '' : visible(row.text).trim().slice(0, 300);
  return (
    <li class={up ? 'up' : 'down'} data-kind={row.kind}>
      <details>
        <summary>
          <span class="arrow">
            <span aria-hidden="true">{up ? '↑' : '↓'}</span>
            <span class="visually-hidden">{t(up ? 'lab.up' : 'lab.down')}</span>
          </span>
          <span class={`badge ${row.kind}`}>{t(`lab.row.${row.kind}`)}</span>
          <code class="row-title">{visible(row.title)}</code>
          <span class="size">{bytes(row.bytes)}</span>
          {preview && <code class="preview">{preview}</code>}
        </summary>
        <pre>{visible(row.text) || '∅'}</pre>
      </details>
    </li>
  );
}
