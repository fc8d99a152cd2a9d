import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import { Avatar } from '../Avatar';
import { Icon } from '../icons';
import { refusalText } from '../refusals';
import { otherOf } from '../rooms/people';
import { RoomFace } from '../rooms/RoomLink';
import { go, room as toRoom } from '../route';
import { type Candidate, candidates } from './candidates';
import { closeDialog, Dialog } from './Dialog';
import { knownPeople } from './knownPeople';
import { openDirect } from './writeTo';

/** Goes to a room or a person by a few letters. */
export function Switcher({ chat }: { chat: Chat }) {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const rooms = chat.rooms.value;
  const found = useMemo(() => candidates(query, rooms, knownPeople(chat)), [query, rooms]);
  const chosen = Math.min(at, found.length - 1);
  useEffect(() => document.getElementById(`switch-${chosen}`)?.scrollIntoView({ block: 'nearest' }), [chosen]);

  async function open(candidate: Candidate | undefined) {
    if (!candidate) return;
    try {
      if (candidate.kind === 'room') go(toRoom(candidate.id));
      else await openDirect(chat, candidate.name);
      closeDialog();
    } catch (e) {
      setError(e);
    }
  }

  function press(e: KeyboardEvent) {
    if (e.isComposing) return;
    const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0;
    if (step) setAt((chosen + step + found.length) % Math.max(1, found.length));
    else if (e.key === 'Enter') open(found[chosen]);
    else return;
    e.preventDefault();
  }

  return (
    <Dialog title={t('switcher.title')} class="tall">
      <input
        type="text"
        dir="auto"
        role="combobox"
        aria-label={t('switcher.label')}
        placeholder={t('switcher.label')}
        aria-expanded="true"
        aria-controls="switch-list"
        aria-autocomplete="list"
        aria-activedescendant={found.length > 0 ? `switch-${chosen}` : undefined}
        autocomplete="off"
        spellcheck={false}
        autofocus
        value={query}
        onInput={(e) => {
          setQuery(e.currentTarget.value);
          setAt(0);
          setError(null);
        }}
        onKeyDown={press}
      />
      <p class="error" role="alert">
        {error !== null && refusalText(error)}
      </p>
      <div class="list choices" id="switch-list" role="listbox" aria-label={t('switcher.title')}>
        {found.map((candidate, n) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names the chosen one
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
          <div
            key={candidate.kind + candidate.id}
            id={`switch-${n}`}
            role="option"
            aria-selected={n === chosen}
            onClick={() => open(candidate)}
          >
            <Line chat={chat} candidate={candidate} />
          </div>
        ))}
      </div>
      {found.length === 0 && <p class="hint">{t('switcher.nothing')}</p>}
    </Dialog>
  );
}

function Line({ chat, candidate }: { chat: Chat; candidate: Candidate }) {
  if (candidate.kind === 'name') {
    return (
      <>
        <span class="kind">
          <Icon of="pencil" />
        </span>
        <span class="what one-line">{t('members.write', { name: candidate.name })}</span>
      </>
    );
  }
  return (
    <>
      {candidate.kind === 'person' ? (
        <Avatar user={candidate.user} size={36} />
      ) : (
        <RoomFace room={candidate.room} other={otherOf(candidate.room, chat.me.value.id)} />
      )}
      <bdi class="what one-line">{candidate.name}</bdi>
      {candidate.kind === 'room' && candidate.unread > 0 && (
        <span class="badge">
          <span aria-hidden="true">{candidate.unread}</span>
          <span class="visually-hidden">{t('rooms.unread', { n: candidate.unread })}</span>
        </span>
      )}
    </>
  );
}
