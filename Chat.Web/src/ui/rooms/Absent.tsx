import '../../styles/notice.css';
import '../../i18n/shellLater';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import { Refusal } from '../../wire/refusal';
import { refusalText } from '../refusals';
import { home, pathOf } from '../route';
import { until } from '../until';
import { Unsent } from './Unsent';

/** A link led to a room that I am not in: joins it where that is possible, and says plainly where it is not. */
export function Absent({ chat, roomId, wasMember }: { chat: Chat; roomId: string; wasMember: boolean }) {
  const unsent = chat.outbox.value.filter((entry) => entry.roomId === roomId && entry.state !== 'sent');
  const [state, setState] = useState<'trying' | 'asked' | Error>(wasMember || unsent.length > 0 ? 'asked' : 'trying');
  /** The connection was gone when it failed, or is gone since. */
  const away = useRef(false);
  useEffect(() => {
    if (state !== 'trying') return;
    let gone = false;
    (async () => {
      await until(chat.synced);
      if (!gone && !chat.rooms.peek().some((entry) => entry.room.id === roomId)) await chat.join(roomId);
    })().catch((e) => {
      if (gone) return;
      away.current = chat.status.peek().state !== 'connected';
      setState(e instanceof Error ? e : new Error());
    });
    return () => {
      gone = true;
    };
  }, [state, roomId]);
  useEffect(() => {
    if (!(state instanceof Error) || (state instanceof Refusal && state.code !== 'unavailable')) return;
    // It was for want of a connection: with the next one it is tried again.
    return chat.status.subscribe((status) => {
      if (status.state !== 'connected') away.current = true;
      else if (away.current) setState('trying');
    });
  }, [state]);

  const waits = chat.status.value.state === 'connecting';
  if (state === 'trying') {
    return (
      <div class="blank">
        <h1>{t('absent.opening')}</h1>
        {waits && <p>{t('absent.needs_server')}</p>}
      </div>
    );
  }
  const hidden = state instanceof Refusal && (state.code === 'not_found' || state.code === 'forbidden');
  return (
    <div class="blank">
      <h1>{t(state === 'asked' ? 'absent.left' : hidden ? 'absent.title' : 'absent.failed')}</h1>
      {hidden && <p>{t('absent.text', { name: chat.me.value.name })}</p>}
      {state instanceof Error && !hidden && <p>{waits ? t('absent.needs_server') : refusalText(state)}</p>}
      <div class="buttons">
        <button type="button" class="primary" onClick={() => setState('trying')}>
          {t(state === 'asked' ? 'action.join' : 'action.retry')}
        </button>
        <a class="button" href={pathOf(home)}>
          {t('rooms.back')}
        </a>
      </div>
      {unsent.length > 0 && <Unsent chat={chat} entries={unsent} />}
    </div>
  );
}
