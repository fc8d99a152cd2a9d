import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../../i18n';
import { Avatar } from '../../ui/Avatar';
import { Icon } from '../../ui/icons';
import { type Kind, kinds } from '../kinds';
import type { Person } from '../person';
import { bytes, countOrNone, milliseconds, requests } from './numbers';
import { BytesPlot, DelayPlot } from './Plot';

const intervals = [1, 5, 20] as const;

export function PersonView({ person, other, resting }: { person: Person; other: string; resting: boolean }) {
  const { letter } = person;
  const title = useId();
  return (
    <section class="person" aria-labelledby={title} data-testid={`person-${letter}`} data-state={person.state.value}>
      <header>
        <Avatar user={{ id: letter + letter, name: letter }} size={36} />
        <h2 id={title}>{letter}</h2>
        <p class={`state ${person.state.value}`} role="status">
          {t(`lab.state.${person.state.value}`, { why: person.trouble.value })}
        </p>
      </header>
      <TransportChoice person={person} resting={resting} />
      <p class="about">{t(`lab.about.${person.kind.value}`)}</p>
      <Conversation person={person} other={other} />
      <Figures person={person} other={other} />
    </section>
  );
}

function TransportChoice({ person, resting }: { person: Person; resting: boolean }) {
  const id = useId();
  return (
    <div class="transport">
      <label class="visually-hidden" for={id}>
        {t('lab.person', { name: person.letter })}
      </label>
      <select
        id={id}
        disabled={resting}
        value={person.kind.value}
        onChange={(e) => person.choose(e.currentTarget.value as Kind)}
      >
        {kinds.map((kind) => (
          <option key={kind} value={kind}>
            {t(`lab.kind.${kind}`)}
          </option>
        ))}
      </select>
      {person.kind.value === 'shortPoll' && <Interval person={person} />}
    </div>
  );
}

function Interval({ person }: { person: Person }) {
  const id = useId();
  return (
    <div class="interval">
      <label for={id}>{t('lab.interval')}</label>
      <select
        id={id}
        value={person.interval.value / 1000}
        onChange={(e) => {
          person.interval.value = Number(e.currentTarget.value) * 1000;
          person.choose('shortPoll');
        }}
      >
        {intervals.map((n) => (
          <option key={n} value={n}>
            {t('lab.seconds', { n })}
          </option>
        ))}
      </select>
    </div>
  );
}

function Conversation({ person, other }: { person: Person; other: string }) {
  const log = useRef<HTMLDivElement>(null);
  const said = person.said.value;
  const { letter } = person;
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [said]);
  function send(form: HTMLFormElement) {
    const field = form.elements.namedItem('text') as HTMLInputElement;
    const body = field.value.trim();
    if (!body) return;
    field.value = '';
    person.send(body).catch(() => undefined); // it is marked
  }
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <div class="said" role="log" aria-label={t('lab.messages', { name: letter })} tabIndex={0} ref={log}>
        {said.length === 0 && <p class="hint">{t('lab.no_messages')}</p>}
        {said.map((message) => (
          <p key={`${message.clientId} ${message.mine}`} class={message.mine ? 'mine' : ''} data-state={message.state}>
            <span class="visually-hidden">{t('lab.said', { name: message.mine ? letter : other })}</span>
            <span>{message.body}</span>
            {message.delay !== null && <small>{milliseconds(message.delay)}</small>}
            {message.state !== 'sent' && <small>{t(message.state === 'failed' ? 'lab.not_sent' : 'lab.waits')}</small>}
          </p>
        ))}
      </div>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          send(e.currentTarget);
        }}
      >
        <input
          name="text"
          autocomplete="off"
          maxLength={500}
          aria-label={t('lab.write', { name: letter, other })}
          placeholder={t('lab.write', { name: letter, other })}
        />
        <button type="submit" class="primary">
          <Icon of="send" />
          <span class="visually-hidden">{t('lab.send')}</span>
        </button>
      </form>
    </>
  );
}

function Figures({ person, other }: { person: Person; other: string }) {
  const cost = person.cost.value;
  const counts = person.counts.value;
  const open = counts && counts.requests > 0 ? counts.open : null;
  return (
    <div class="figures">
      <dl>
        <div>
          <dt>{t('lab.delay')}</dt>
          <dd>{milliseconds(person.typical.value.median)}</dd>
          <dd class="hint">{t('lab.delay_hint', { other })}</dd>
        </div>
        <div>
          <dt>{t('lab.per_message')}</dt>
          <dd>{bytes(cost.bytesPerMessage)}</dd>
          <dd class="hint">{requests(cost.requestsPerMessage)}</dd>
        </div>
        <div>
          <dt>{t('lab.per_idle')}</dt>
          <dd>{bytes(cost.bytesPerIdleMinute)}</dd>
          <dd class="hint">{requests(cost.requestsPerIdleMinute)}</dd>
        </div>
        <div>
          <dt>{t('lab.held')}</dt>
          <dd>{countOrNone(open)}</dd>
          <dd class="hint">{open === null ? '' : t('lab.connections', { n: open }).replace(/^\d+ ?/, '')}</dd>
        </div>
      </dl>
      <DelayPlot delays={person.delays.value} />
      <BytesPlot ticks={person.ticks.value} />
    </div>
  );
}
