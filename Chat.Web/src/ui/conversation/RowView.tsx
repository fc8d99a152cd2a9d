import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Timeline } from '../../chat/model';
import { t } from '../../i18n';
import { memo } from '../../react';
import { TabStop } from '../../text/tabStop';
import type { User } from '../../wire/contract';
import { dayName, fullTime } from '../times';
import type { Actions } from './actions';
import { Folded } from './Folded';
import { MessageView } from './MessageView';
import { noticeText } from './noticeText';
import type { Row } from './rows';

export interface RowProps {
  readonly row: Row;
  readonly me: User;
  readonly timeline: Timeline;
  readonly act: Actions;
  /** The one message that Tab goes to; its buttons come after it. */
  readonly active: boolean;
  /** The pointer is on it. */
  readonly pointed: boolean;
  /** Somebody followed a link to it. */
  readonly target: boolean;
  /** It is of somebody whom I have blocked. */
  readonly folded: boolean;
}

/** One line of the list, with the separators above it. Rendered again only if something in it changed. */
export const RowView = memo(function RowView(props: RowProps): VNode {
  const { row, active } = props;
  const [unfolded, setUnfolded] = useState(false);
  return (
    <div class={row.first ? 'row first' : 'row'}>
      {row.day !== null && <Separator kind="day" text={dayName(row.day)} />}
      {row.fresh && <Separator kind="fresh" text={t('timeline.new')} />}
      <TabStop.Provider value={active ? 0 : -1}>
        {row.item.kind === 'notice' ? (
          <NoticeView {...props} />
        ) : props.folded && !unfolded ? (
          <Folded {...props} unfold={() => setUnfolded(true)} />
        ) : (
          <MessageView {...props} />
        )}
      </TabStop.Provider>
    </div>
  );
}, same);

function same(a: RowProps, b: RowProps): boolean {
  return (
    a.row.item === b.row.item &&
    a.row.day === b.row.day &&
    a.row.fresh === b.row.fresh &&
    a.row.first === b.row.first &&
    a.row.seen === b.row.seen &&
    a.active === b.active &&
    a.pointed === b.pointed &&
    a.target === b.target &&
    a.folded === b.folded &&
    a.me === b.me &&
    a.timeline === b.timeline &&
    a.act === b.act
  );
}

const Separator = ({ kind, text }: { kind: string; text: string }) => (
  // biome-ignore lint/a11y/useSemanticElements: an hr has no text
  <div class={`separator ${kind}`} role="separator" aria-label={text}>
    <span>{text}</span>
  </div>
);

function NoticeView({ row, active }: RowProps): VNode | null {
  if (row.item.kind !== 'notice') return null;
  const { event, seq } = row.item;
  const text = noticeText(event);
  return (
    <article class="notice" data-key={row.key} data-seq={seq} tabIndex={active ? 0 : -1} aria-label={text}>
      <bdi title={fullTime(Date.parse(event.at))}>{text}</bdi>
    </article>
  );
}
