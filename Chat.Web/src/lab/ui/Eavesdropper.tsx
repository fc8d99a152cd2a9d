import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { readRecords, type TlsRecord } from '../decode/records';
import type { Person } from '../person';
import { type Heard, sealed } from '../tap';
import { bytes } from './numbers';
import { Scrolled } from './Scrolled';
import { visible } from './WireView';

/** The texts among all that the two have said which occur in what was heard. */
function Reads({ people, text }: { people: readonly [Person, Person]; text: string }) {
  const said = new Map(people.flatMap((person) => person.said.value.map((s) => [s.clientId, s.body] as const)));
  const read = [...said.values()].filter((body) => text.includes(body));
  const list = read
    .slice(-5)
    .map((body) => `“${body}”`)
    .join(', ');
  return (
    <p class={read.length > 0 ? 'reads' : 'reads none'} data-testid="reads" role="status">
      {read.length > 0
        ? t('lab.reads', { n: read.length, all: said.size, list })
        : t('lab.reads_none', { all: said.size })}
    </p>
  );
}

export function HttpView({ person, people }: { person: Person; people: readonly [Person, Person] }) {
  const rows = person.rows.value.slice(-80);
  const text = rows.map((row) => row.text).join('\n');
  return (
    <>
      <p class="hint">{t('lab.http_hint', { name: person.letter })}</p>
      <Reads people={people} text={text} />
      <Scrolled class="heard" label={t('lab.view.http')} testId="heard" toEnd={rows.at(-1)}>
        {rows.map((row, i) => (
          <pre key={`${row.at} ${row.exchange} ${i}`} class={row.from === 'client' ? 'up' : 'down'}>
            {visible(row.text)}
          </pre>
        ))}
      </Scrolled>
    </>
  );
}

/** Milliseconds between two times that the server is asked to encrypt. */
const pace = 3_000;

export function HttpsView({ person, people }: { person: Person; people: readonly [Person, Person] }) {
  const [seen, setSeen] = useState<readonly Heard[] | null>(null);
  const asked = useRef(0);
  const rows = person.rows.value;
  useEffect(() => {
    let over = false;
    const wait = Math.max(0, asked.current + pace - Date.now());
    const timer = setTimeout(async () => {
      asked.current = Date.now();
      const answer = await sealed(person.guest, person.tap.heard).catch(() => null);
      if (answer && !over) setSeen(answer);
    }, wait);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [rows]);
  if (!seen) return <p class="hint">{t('lab.sealing')}</p>;
  const text = seen.map(({ data }) => new TextDecoder().decode(data)).join('');
  return (
    <>
      <p class="hint">{t('lab.https_hint')}</p>
      <Reads people={people} text={text} />
      <Scrolled class="heard" label={t('lab.view.https')} testId="heard">
        {seen.flatMap(({ fromClient, data }, i) => {
          let at = 0;
          return readRecords(data).map((record, n) => {
            const part = data.subarray(at, at + record.size);
            at += record.size;
            return <Sealed key={`${i} ${n}`} record={record} data={part} up={fromClient} />;
          });
        })}
      </Scrolled>
    </>
  );
}

const mostHex = 64;

function Sealed({ record, data, up }: { record: TlsRecord; data: Uint8Array; up: boolean }) {
  const hex = Array.from(data.subarray(0, mostHex), (b) => b.toString(16).padStart(2, '0')).join(' ');
  return (
    <pre class={up ? 'up' : 'down'}>
      <b>
        TLS {record.type}, {bytes(record.size)}
        {record.serverName ? `, server_name ${record.serverName}` : ''}
      </b>
      {`\n${hex}${data.length > mostHex ? ' …' : ''}`}
    </pre>
  );
}
