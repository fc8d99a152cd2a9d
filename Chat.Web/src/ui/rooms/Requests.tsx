import '../../styles/consent.css';
import '../../i18n/shellLater';
import type { Chat, RoomEntry } from '../../chat/model';
import { t } from '../../i18n';
import type { Invitation } from '../../wire/contract';
import { attempt } from '../toasts/toasts';
import { blockPerson } from './blocking';
import { otherOf } from './people';
import { RoomFace, RoomLink } from './RoomLink';

interface Props {
  readonly chat: Chat;
  readonly requests: readonly RoomEntry[];
  readonly current: string | null;
}

/** Above my rooms: the people who want to talk with me, and the rooms that I am invited to. */
export function Requests({ chat, requests, current }: Props) {
  return (
    <section class="requests" aria-labelledby="requests-title">
      <h2 id="requests-title">{t('request.title')}</h2>
      <ul>
        {requests.map((entry) => (
          <RoomLink key={entry.room.id} chat={chat} entry={entry} isCurrent={entry.room.id === current} />
        ))}
        {chat.invitations.value.map((invitation) => (
          <InvitationView key={invitation.room.id} chat={chat} invitation={invitation} />
        ))}
      </ul>
    </section>
  );
}

function InvitationView({ chat, invitation: { room, by } }: { chat: Chat; invitation: Invitation }) {
  const answer = (accept: boolean) => void attempt(chat.answerInvitation(room.id, accept));
  return (
    <li class="invitation">
      <RoomFace room={room} other={null} />
      <div class="what">
        <bdi class="one-line">{room.name}</bdi>
        <p class="hint">{t('request.invited', { name: by.name })}</p>
        <div class="buttons">
          <button type="button" class="primary" onClick={() => answer(true)}>
            {t('request.accept')}
          </button>
          <button type="button" onClick={() => answer(false)}>
            {t('request.refuse')}
          </button>
        </div>
      </div>
    </li>
  );
}

/** Over the conversation with somebody whom I do not know yet. */
export function RequestBar({ chat, entry }: { chat: Chat; entry: RoomEntry }) {
  const { room } = entry;
  const other = otherOf(room, chat.me.value.id);
  if (room.request === 'mine') {
    return (
      <div class="request-bar" role="status">
        <p>{t('request.waits', { name: room.name })}</p>
      </div>
    );
  }
  return (
    <div class="request-bar" role="status">
      <p>{t('request.asks', { name: room.name })}</p>
      <div class="buttons">
        <button type="button" class="primary" onClick={() => attempt(chat.answerRequest(room.id, true))}>
          {t('request.accept')}
        </button>
        <button type="button" onClick={() => attempt(chat.answerRequest(room.id, false))}>
          {t('request.refuse')}
        </button>
        {other && (
          <button type="button" class="danger" onClick={() => blockPerson(chat, other)}>
            {t('block.action')}
          </button>
        )}
      </div>
    </div>
  );
}
