import { useEffect } from 'preact/hooks';
import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import { later } from '../later';
import { Popover } from '../menu/Popover';
import { summary } from './words';

const Details = later(async () => (await import('./Details')).Details);
const every = 5_000;

/** The indicator: what carries the messages now, and how fast. `brief`: only the light, for small screens. */
export function ConnectionButton({ chat, brief = false }: { chat: Chat; brief?: boolean }) {
  const status = chat.status.value;
  const offline = status.reason.code === 'offline';
  const text = summary(status, !offline);
  const connected = status.state === 'connected';
  useEffect(() => {
    if (!connected) return;
    const measure = () => document.visibilityState === 'visible' && chat.ping().catch(() => null);
    measure();
    const timer = setInterval(measure, every);
    return () => clearInterval(timer);
  }, [chat, connected]);
  return (
    <Popover
      label={t('connection.label', { state: text })}
      class={brief ? 'connection brief tool' : 'connection'}
      attributes={{
        'data-testid': 'connection',
        'data-state': status.state,
        'data-transport': status.transport ?? undefined,
      }}
      button={
        <>
          <span class={`light ${status.state}`} />
          {!brief && <span>{text}</span>}
        </>
      }
    >
      {() => <Details chat={chat} />}
    </Popover>
  );
}
