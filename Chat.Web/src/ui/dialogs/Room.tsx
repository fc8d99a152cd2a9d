import { useState } from 'preact/hooks';
import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import { limits } from '../../wire/contract';
import { Refusal } from '../../wire/refusal';
import { refusalText } from '../refusals';
import { go, room as toRoom } from '../route';
import { done } from '../toasts/toasts';
import { Buttons, Dialog } from './Dialog';
import { Field } from './Field';
import { useSubmit } from './useSubmit';

export function Create({ chat }: { chat: Chat }) {
  const [name, setName] = useState('');
  const [topic, setTopic] = useState('');
  const [kind, setKind] = useState<'public' | 'private'>('public');
  const { busy, error, submit } = useSubmit(async () => {
    const wanted = { name: filled(name), kind, ...(topic.trim() ? { topic: topic.trim() } : {}) };
    go(toRoom((await chat.createRoom(wanted)).id));
  });
  return (
    <Dialog title={t('create.title')}>
      <form noValidate onSubmit={submit}>
        <NameAndTopic {...{ name, setName, topic, setTopic, error }} />
        <fieldset>
          <legend>{t('create.kind')}</legend>
          {(['public', 'private'] as const).map((one) => (
            <label class="option" key={one}>
              <input type="radio" name="kind" checked={kind === one} onChange={() => setKind(one)} />
              <span>
                {t(`rooms.${one}`)}
                <span class="hint">{t(`create.${one}`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Buttons action={t('create.action')} busy={busy} />
      </form>
    </Dialog>
  );
}

export function Edit({ chat, roomId }: { chat: Chat; roomId: string }) {
  const room = chat.room(roomId).peek()?.room;
  const [name, setName] = useState(room?.name ?? '');
  const [topic, setTopic] = useState(room?.topic ?? '');
  const { busy, error, submit } = useSubmit(async () => {
    await chat.changeRoom(roomId, { name: filled(name), topic: topic.trim() });
    done(t('edit.done'));
  });
  return (
    <Dialog title={t('edit.title')}>
      <form noValidate onSubmit={submit}>
        <NameAndTopic {...{ name, setName, topic, setTopic, error }} />
        <Buttons action={t('action.save')} busy={busy} />
      </form>
    </Dialog>
  );
}

function NameAndTopic(props: {
  name: string;
  setName: (text: string) => void;
  topic: string;
  setTopic: (text: string) => void;
  error: unknown;
}) {
  const { error } = props;
  const text = error === null ? null : isMissing(error) ? t('room.name_missing') : refusalText(error);
  const isTopic = error instanceof Refusal && error.code === 'invalid' && /^topic/i.test(error.message);
  return (
    <>
      <Field
        label={t('room.name')}
        first
        error={isTopic ? null : text}
        autocomplete="off"
        maxLength={limits.roomNameMax}
        value={props.name}
        onInput={(e) => props.setName(e.currentTarget.value)}
      />
      <Field
        label={t('room.topic')}
        error={isTopic ? text : null}
        autocomplete="off"
        maxLength={limits.topicMax}
        value={props.topic}
        onInput={(e) => props.setTopic(e.currentTarget.value)}
      />
    </>
  );
}

const missing = 'name: missing';
const isMissing = (error: unknown) => error instanceof Refusal && error.message === missing;

function filled(name: string): string {
  if (!name.trim()) throw new Refusal('invalid', missing);
  return name.trim();
}
