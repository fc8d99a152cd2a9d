import '../../styles/forms.css';
import { useId } from 'preact/hooks';
import { type Chat, type TransportKind, transportKinds } from '../../chat/model';
import { t } from '../../i18n';
import { exactTime } from '../times';
import { reasonText } from './reasonText';
import { milliseconds, transportName } from './words';

/** All that is known about the connection, and the choice of the transport. */
export function Details({ chat }: { chat: Chat }) {
  const { state, transport, roundTrip, since, attempt, reason } = chat.status.value;
  const rows: readonly (readonly [string, string | null])[] = [
    [t('connection.state'), t(`connection.${state}`)],
    [t('connection.transport'), transport && transportName(transport)],
    [t('connection.round_trip'), state === 'connected' && roundTrip !== null ? milliseconds(roundTrip) : null],
    [t('connection.since'), exactTime(since)],
    [t('connection.why'), reasonText(reason)],
    [t('connection.attempts'), state === 'connected' ? null : String(attempt)],
  ];
  return (
    <div class="details">
      <h2>{t('connection.title')}</h2>
      <dl>
        {rows.map(
          ([name, value]) =>
            value !== null && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {state !== 'connected' && (
        <button type="button" onClick={() => chat.tryNow()}>
          {t('connection.try_now')}
        </button>
      )}
      <fieldset>
        <legend>{t('connection.choose')}</legend>
        <Choice chat={chat} kind={null} />
        {transportKinds.map((kind) => (
          <Choice key={kind} chat={chat} kind={kind} />
        ))}
      </fieldset>
    </div>
  );
}

function Choice({ chat, kind }: { chat: Chat; kind: TransportKind | null }) {
  const group = useId();
  return (
    <label class="option">
      <input
        type="radio"
        name="transport"
        id={group}
        checked={chat.forced.value === kind}
        onChange={() => chat.force(kind)}
      />
      {kind ? transportName(kind) : t('connection.automatic')}
    </label>
  );
}
