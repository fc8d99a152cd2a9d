import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Item } from '../../chat/model';
import { t } from '../../i18n';
import { plain } from '../../text/plain';
import { seqOf } from './rows';

/** More than these at once are only counted: nobody wants to hear all that was written while the network was away. */
const most = 5;

/**
 * Says what others write while the end is in sight. The list itself must not: it takes messages out and puts them in as it is scrolled,
 * and all of them would be read out.
 */
export function News({ items, me, atEnd }: { items: readonly Item[]; me: string; atEnd: boolean }): VNode {
  const last = useRef({ seq: 0, atEnd });
  const [news, say] = useState<readonly { readonly seq: number; readonly text: string }[]>([]);
  useLayoutEffect(() => {
    const before = last.current;
    const seq = Math.max(before.seq, ...items.map((i) => seqOf(i) ?? 0));
    last.current = { seq, atEnd };
    if (!atEnd || !before.atEnd || before.seq === 0 || seq === before.seq) return;
    const fresh = items.flatMap((i) =>
      i.kind === 'message' && i.seq > before.seq && i.message.sender.id !== me && i.message.body !== null
        ? [i.message]
        : [],
    );
    if (fresh.length > most) say([{ seq, text: t('timeline.latestNew', { n: fresh.length }) }]);
    else
      say((said) =>
        [
          ...said,
          ...fresh.map((m) => ({ seq: m.seq, text: `${m.sender.name}: ${plain(m.body as string, 500)}` })),
        ].slice(-most),
      );
  }, [items, atEnd]);
  return (
    <div class="visually-hidden" aria-live="polite" data-testid="news">
      {news.map(({ seq, text }) => (
        <p key={seq}>{text}</p>
      ))}
    </div>
  );
}
