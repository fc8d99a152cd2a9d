import { useEffect, useState } from 'preact/hooks';
import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import type { Room } from '../../wire/contract';
import { Icon } from '../icons';
import { refusalText } from '../refusals';
import { go, room as toRoom } from '../route';
import { closeDialog, Dialog } from './Dialog';
import { Field } from './Field';

/** The public rooms that I could join. */
export function Browse({ chat }: { chat: Chat }) {
  const [query, setQuery] = useState('');
  const [found, setFound] = useState<readonly Room[] | null>(null);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    let gone = false;
    const timer = setTimeout(
      () =>
        chat.publicRooms(query.trim() || undefined).then(
          (rooms) => {
            if (gone) return;
            setFound(rooms);
            setError(null);
          },
          (e) => !gone && setError(e),
        ),
      query ? 200 : 0,
    );
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [chat, query]);

  async function join(room: Room) {
    try {
      await chat.join(room.id);
      closeDialog();
      go(toRoom(room.id));
    } catch (e) {
      setError(e);
    }
  }

  return (
    <Dialog title={t('browse.title')} class="tall">
      <Field
        label={t('browse.search')}
        first
        type="search"
        autocomplete="off"
        value={query}
        onInput={(e) => setQuery(e.currentTarget.value)}
      />
      <p class="error" role="alert">
        {error !== null && refusalText(error)}
      </p>
      <p class="hint" role="status">
        {found === null ? error === null && t('browse.loading') : t('browse.found', { n: found.length })}
      </p>
      <ul class="list choices">
        {found?.map((room) => (
          <li key={room.id}>
            <span class="kind">
              <Icon of="hash" />
            </span>
            <span class="what">
              <bdi class="one-line">{room.name}</bdi>
              {room.topic && <bdi class="one-line hint">{room.topic}</bdi>}
            </span>
            <button type="button" aria-label={t('browse.join', { room: room.name })} onClick={() => join(room)}>
              {t('action.join')}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
