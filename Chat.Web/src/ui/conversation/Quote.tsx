import type { VNode } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Message, Timeline } from '../../chat/model';
import { t } from '../../i18n';
import { plain } from '../../text/plain';
import { TabStop } from '../../text/tabStop';

/** One line of the message that this one answers; a click goes there. Its height does not depend on whether it is loaded. */
export function Quote(props: { timeline: Timeline; seq: number; jump: (seq: number) => void }): VNode {
  const tabIndex = useContext(TabStop);
  const { timeline, seq, jump } = props;
  const [message, setMessage] = useState<Message | null | undefined>();
  useEffect(() => {
    let wanted = true;
    const show = (found: Message | null) => wanted && setMessage(found);
    timeline.message(seq).then(show, () => show(null));
    return () => {
      wanted = false;
    };
  }, [timeline, seq]);
  if (message === undefined) return <div class="quote" aria-hidden="true" />;
  if (message === null) return <div class="quote">{t('message.replyGone')}</div>;
  const text = message.body === null ? t('message.deleted') : plain(message.body);
  const label = t('message.replyTo', { name: message.sender.name, text });
  return (
    <button type="button" tabIndex={tabIndex} class="quote" aria-label={label} onClick={() => jump(seq)}>
      <bdi class="name">{message.sender.name}</bdi> <bdi>{text}</bdi>
    </button>
  );
}
