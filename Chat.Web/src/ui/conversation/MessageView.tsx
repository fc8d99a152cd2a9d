import type { ComponentChildren, VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Message, OutboxEntry } from '../../chat/model';
import { t } from '../../i18n';
import { mentions } from '../../text/mentions';
import { plain } from '../../text/plain';
import type { UserRef } from '../../wire/contract';
import { Avatar } from '../Avatar';
import { Icon } from '../icons';
import { clockTime, fullTime } from '../times';
import { Body } from './Body';
import { Failure, OutboxMark, outboxText } from './Outbox';
import { Quote } from './Quote';
import { Reactions, reactionText } from './Reactions';
import type { RowProps } from './RowView';
import { focusMessage, Toolbar } from './Toolbar';

/** A message, or one of mine that is still in the outbox: both look the same, so that nothing jumps when it gets its number. */
export function MessageView(props: RowProps): VNode | null {
  const { row, me, timeline, act } = props;
  const message = row.item.kind === 'message' ? row.item.message : null;
  const named = useMemo(
    () => !!message?.body && message.sender.id !== me.id && mentions(message.body, me.name),
    [message?.body, me.name],
  );
  if (row.item.kind === 'notice') return null;
  const entry = row.item.kind === 'outbox' ? row.item.entry : null;
  const it = message ?? (entry as OutboxEntry);
  const sender: UserRef = message?.sender ?? me;
  const action = it.body?.startsWith('/me ') ? it.body.slice(4) : null;
  const mine = sender.id === me.id;
  return (
    <article
      class={classes(props, action !== null, named)}
      data-key={row.key}
      data-seq={message?.seq}
      data-state={entry?.state ?? 'sent'}
      data-client-id={it.clientId}
      tabIndex={props.active ? 0 : -1}
      aria-label={label(sender, it, row.seen, me.id)}
    >
      <div class="gutter">{row.first ? <Avatar user={sender} size={36} /> : <Time at={it.at} />}</div>
      <div class="content">
        {row.first && (
          <header>
            <bdi class="name">{sender.name}</bdi>
            {sender.kind === 'guest' && <span class="guest">{t('people.guest')}</span>} <Time at={it.at} />
          </header>
        )}
        {it.replyTo !== undefined && <Quote timeline={timeline} seq={it.replyTo} jump={act.jump} />}
        <div class="line">
          <Text body={it.body} action={action} sender={sender} me={me.name} />
          <Small>
            {message?.edited && it.body !== null && <span class="edited">{t('message.edited')}</span>}
            {entry && <OutboxMark entry={entry} />}
          </Small>
        </div>
        {entry?.state === 'failed' && <Failure entry={entry} act={act} />}
        {message && <Reactions message={message} me={me.id} act={act} />}
        {row.seen && <div class="seen">{t('message.seen')}</div>}
      </div>
      {message && message.body !== null && (
        <>
          {(props.active || props.pointed) && <Toolbar message={message} mine={mine} act={act} />}
          <button
            type="button"
            class="tool more"
            tabIndex={props.active ? 0 : -1}
            aria-label={t('message.openActions')}
            onClick={focusMessage}
          >
            <Icon of="more" />
          </button>
        </>
      )}
    </article>
  );
}

function classes({ row, target }: RowProps, action: boolean, named: boolean): string {
  return ['message', row.first && 'first', action && 'action', named && 'named', target && 'target']
    .filter(Boolean)
    .join(' ');
}

/** All that can be seen of it, for who hears it: the state before the text, so that it need not be waited for. */
function label(sender: UserRef, it: Message | OutboxEntry, seen: boolean, me: string): string {
  const { body, at } = it;
  // Why it was not sent is a sentence; here it stands before a colon.
  const state =
    'state' in it ? outboxText(it).replace(/[.。]$/, '') : it.edited && body !== null && t('message.edited');
  const text = body === null ? t('message.deleted') : plain(body, 500);
  const time = [clockTime(at), state].filter(Boolean).join(', ');
  const reactions = 'reactions' in it ? it.reactions.map((r) => reactionText(r, me)) : [];
  const name = sender.kind === 'guest' ? t('people.named_guest', { name: sender.name }) : sender.name;
  return [t('message.label', { name, time, text }), ...reactions, seen && t('message.seen')].filter(Boolean).join('; ');
}

const Time = ({ at }: { at: number }) => (
  <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
    {clockTime(at)}
  </time>
);

function Text(props: { body: string | null; action: string | null; sender: UserRef; me: string }): VNode {
  const { body, action, sender, me } = props;
  if (body === null) return <p class="deleted">{t('message.deleted')}</p>;
  if (action === null)
    return (
      <div>
        <Body text={body} me={me} />
      </div>
    );
  return (
    <div class="deed">
      <bdi class="name">{sender.name}</bdi> <Body text={action} me={me} />
    </div>
  );
}

const Small = ({ children }: { children: ComponentChildren[] }) =>
  children.some(Boolean) ? <div class="small">{children}</div> : null;
