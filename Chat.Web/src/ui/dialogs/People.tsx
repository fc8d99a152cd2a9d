import { useState } from 'preact/hooks';
import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import { limits } from '../../wire/contract';
import { Refusal } from '../../wire/refusal';
import { refusalText } from '../refusals';
import { done } from '../toasts/toasts';
import { Buttons, Dialog } from './Dialog';
import { Field } from './Field';
import { knownPeople } from './knownPeople';
import { useSubmit } from './useSubmit';
import { openDirect } from './writeTo';

export function Direct({ chat }: { chat: Chat }) {
  return (
    <Person chat={chat} title={t('direct.title')} action={t('direct.action')} run={(name) => openDirect(chat, name)} />
  );
}

export function Invite({ chat, roomId }: { chat: Chat; roomId: string }) {
  const room = chat.room(roomId).value?.room;
  const run = async (name: string) => {
    const { invited = [] } = await chat.invite(roomId, name);
    // Somebody who does not know me has to agree first.
    const waits = invited.some((user) => user.name.toLowerCase() === name.toLowerCase());
    done(t(waits ? 'invite.asked' : 'invite.done', { name }));
  };
  return (
    <Person
      chat={chat}
      title={t('invite.title')}
      action={t('invite.action')}
      hint={t('invite.hint', { room: room?.name ?? '' })}
      without={new Set(room?.members.map((member) => member.id))}
      run={run}
    />
  );
}

/** Asks for a person's name. */
function Person(props: {
  chat: Chat;
  title: string;
  action: string;
  hint?: string;
  without?: ReadonlySet<string>;
  run: (name: string) => Promise<void>;
}) {
  const [name, setName] = useState('');
  const trimmed = name.trim().replace(/^@/, '');
  const { busy, error, submit } = useSubmit(async () => {
    if (!trimmed) throw new Refusal('not_found', 'no name');
    await props.run(trimmed);
  });
  const nobody = error instanceof Refusal && error.code === 'not_found';
  return (
    <Dialog title={props.title}>
      <form noValidate onSubmit={submit}>
        <Field
          label={t('person.name')}
          first
          error={error === null ? null : nobody ? t('person.nobody') : refusalText(error)}
          hint={props.hint ?? ''}
          list="people"
          autocomplete="off"
          verbatim
          maxLength={limits.nameMax + 1}
          value={name}
          onInput={(e) => setName(e.currentTarget.value)}
        />
        <datalist id="people">
          {knownPeople(props.chat)
            .filter((user) => !props.without?.has(user.id))
            .map((user) => (
              <option key={user.id} value={user.name} />
            ))}
        </datalist>
        <Buttons action={props.action} busy={busy} />
      </form>
    </Dialog>
  );
}
