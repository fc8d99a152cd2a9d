import type { Signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Chat, Message } from '../../chat/model';
import { t } from '../../i18n';
import { insert, type Selected, wrap } from '../../text/selection';
import { bodyBytes } from '../../text/size';
import { showsSomething } from '../../text/visible';
import { limits, type UserRef } from '../../wire/contract';
import { Icon } from '../icons';
import { later } from '../later';
import { refusalText } from '../refusals';
import { failed } from '../toasts/toasts';
import type { Mode } from './modes';
import { useCompletion } from './useCompletion';

const CompletionList = later(async () => (await import('./CompletionList')).CompletionList);

export interface ComposerHandle {
  insert(text: string): void;
  focus(): void;
}

interface Props {
  readonly chat: Chat;
  readonly roomId: string;
  readonly roomName: string;
  readonly people: readonly UserRef[];
  readonly mode: Mode;
  readonly setMode: (mode: Mode) => void;
  readonly handle: { current: ComposerHandle | null };
  readonly onSent: () => void;
  readonly onEditLast: () => void;
  readonly onRemove: (message: Message) => void;
  readonly onEmoji: () => void;
}

const marks: Readonly<Record<string, string>> = { b: '**', i: '*', e: '`' };
const onTouch = () => matchMedia('(hover: none) and (pointer: coarse)').matches;

export function Composer(props: Props): VNode {
  const { chat, roomId, mode, setMode } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const text = useMemo((): Signal<string> => {
    return mode.kind === 'edit' ? mode.text : chat.draft(roomId);
  }, [mode, chat, roomId]);
  const [caret, setCaret] = useState(0);
  const select = useRef<Selected | null>(null);
  const completion = useCompletion(text.value, caret, props.people);
  const over = bytesOver(text.value);
  // Said once, not with each key that changes the number.
  const crossed = useMemo(() => (over > 0 ? sizeText(over) : ''), [over > 0]);
  const sendable = showsSomething(text.value) && over <= 0;

  useLayoutEffect(() => {
    const it = field.current;
    if (!it) return;
    if (select.current) it.setSelectionRange(select.current.start, select.current.end);
    select.current = null;
    it.style.height = 'auto';
    it.style.height = `${it.scrollHeight}px`;
  });
  useEffect(() => {
    const it = field.current;
    if (mode.kind !== 'new') it?.focus();
    if (mode.kind === 'edit') it?.setSelectionRange(it.value.length, it.value.length);
  }, [mode]);

  const put = (next: Selected) => {
    text.value = next.text;
    select.current = next;
    setCaret(next.end);
  };
  const selected = (): Selected => ({
    text: text.peek(),
    start: field.current?.selectionStart ?? 0,
    end: field.current?.selectionEnd ?? 0,
  });
  props.handle.current = {
    insert: (what) => {
      put(insert(selected(), what));
      field.current?.focus();
    },
    focus: () => field.current?.focus(),
  };

  const complete = (option: { readonly text: string }) => {
    const start = completion.typed?.start ?? caret;
    put(insert({ text: text.peek(), start, end: caret }, option.text));
    field.current?.focus();
  };
  const storing = useRef(false);
  const sendAgain = useRef(false);
  const latest = useRef<() => void>(() => undefined);
  const done = () => mode.kind !== 'new' && setMode(mode.before);
  const send = () => {
    const body = text.peek().trim();
    if (mode.kind === 'edit') return void save(mode.message, body);
    if (!sendable) return;
    if (storing.current) {
      sendAgain.current = true;
      return;
    }
    const was = text.peek();
    storing.current = true;
    const stored = chat.send(roomId, body, mode.kind === 'reply' ? mode.message.seq : undefined);
    done();
    props.onSent();
    stored
      .then(
        () => {
          // Not before it is stored: until then the text is here alone. What was typed meanwhile stays.
          const now = text.peek();
          if (now.startsWith(was)) text.value = now.slice(was.length);
        },
        (e: unknown) => {
          sendAgain.current = false;
          if (mode.kind === 'reply') setMode(mode);
          failed(t('outbox.failed', { reason: refusalText(e) }));
        },
      )
      .then(() => {
        storing.current = false;
        if (!sendAgain.current) return;
        sendAgain.current = false;
        latest.current();
      });
  };
  latest.current = send;
  const save = async (message: Message, body: string) => {
    if (body === '') return props.onRemove(message);
    if (over > 0) return;
    try {
      if (body !== message.body) await chat.edit(roomId, message.seq, body);
      done();
    } catch (e) {
      failed(t('composer.notSaved', { reason: refusalText(e) }));
    }
  };

  const onKeyDown = (e: KeyboardEvent) => {
    // 229: Safari tells of the Enter that ends a composition only after it has ended.
    if (e.isComposing || e.keyCode === 229) return;
    const { options, index } = completion;
    const modifier = e.ctrlKey || e.metaKey;
    const mark = modifier && !e.altKey && !e.shiftKey ? marks[e.key.toLowerCase()] : undefined;
    const option = options[index];
    if (option && !modifier && !e.shiftKey && ['Enter', 'Tab'].includes(e.key)) complete(option);
    else if (option && e.key === 'ArrowDown') completion.choose((index + 1) % options.length);
    else if (option && e.key === 'ArrowUp') completion.choose((index + options.length - 1) % options.length);
    else if (option && e.key === 'Escape') completion.close();
    else if (e.key === 'Escape' && mode.kind !== 'new') done();
    else if (e.key === 'Enter' && !e.shiftKey && !e.altKey && (modifier || !onTouch())) send();
    else if (e.key === 'ArrowUp' && !modifier && !e.altKey && !e.shiftKey && text.peek() === '' && mode.kind === 'new')
      props.onEditLast();
    else if (mark) put(wrap(selected(), mark));
    else return;
    e.preventDefault();
  };
  const onInput = (e: InputEvent & { currentTarget: HTMLTextAreaElement }) => {
    text.value = e.currentTarget.value;
    setCaret(e.currentTarget.selectionStart);
    if (text.peek().trim() !== '' && mode.kind !== 'edit') chat.sayTyping(roomId);
  };
  const onPaste = (e: ClipboardEvent) => {
    const data = e.clipboardData;
    if (data && data.files.length > 0 && !data.types.includes('text/plain')) failed(t('composer.noFiles'));
  };
  const open = completion.options.length > 0;

  return (
    <div class="composer">
      {mode.kind !== 'new' && <ModeBar mode={mode} onCancel={done} />}
      {open && <CompletionList {...completion} onChoose={complete} />}
      <div class="field">
        <button
          type="button"
          class="tool"
          aria-label={t('composer.emoji')}
          title={t('composer.emoji')}
          onClick={props.onEmoji}
        >
          <Icon of="smile" />
        </button>
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={t('composer.label')}
          placeholder={t('composer.hint', { room: props.roomName })}
          aria-autocomplete="list"
          aria-controls={open ? 'completions' : undefined}
          aria-activedescendant={open ? `completion-${completion.index}` : undefined}
          aria-invalid={over > 0}
          aria-describedby="composer-size"
          enterkeyhint={onTouch() ? 'enter' : 'send'}
          value={text.value}
          onInput={onInput}
          onKeyDown={onKeyDown}
          onSelect={(e) => setCaret(e.currentTarget.selectionStart)}
          onPaste={onPaste}
        />
        <button
          type="button"
          class="tool send"
          aria-label={t(mode.kind === 'edit' ? 'composer.save' : 'composer.send')}
          disabled={mode.kind === 'edit' ? over > 0 : !sendable}
          onClick={() => {
            send();
            field.current?.focus();
          }}
        >
          <Icon of="send" />
        </button>
      </div>
      <div id="composer-size" class={over > 0 ? 'size over' : 'size'}>
        {sizeText(over)}
      </div>
      <div class="visually-hidden" role="alert">
        {crossed}
      </div>
    </div>
  );
}

/** Bytes above the limit; negative while there is room. */
function bytesOver(text: string): number {
  const most = text.length * 3; // no need to count what can't be too long
  return most <= limits.bodyBytes * 0.9 ? -limits.bodyBytes : bodyBytes(text) - limits.bodyBytes;
}

function sizeText(over: number): string {
  if (over > 0) return t('composer.over', { n: over });
  return over > -0.1 * limits.bodyBytes ? t('composer.left', { n: -over }) : '';
}

function ModeBar({ mode, onCancel }: { mode: Exclude<Mode, { kind: 'new' }>; onCancel: () => unknown }): VNode {
  const what =
    mode.kind === 'edit' ? t('composer.editing') : t('composer.replying', { name: mode.message.sender.name });
  return (
    <div class="mode">
      <bdi>{what}</bdi>
      <button
        type="button"
        class="tool"
        aria-label={t('composer.cancel')}
        title={t('composer.cancel')}
        onClick={onCancel}
      >
        <Icon of="close" />
      </button>
    </div>
  );
}
