import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { VirtualizerHandle } from 'virtua';
import type { Row } from './rows';

/** The one message that Tab goes to, and that the arrow keys move from. The newest until another one was chosen. */
export function useActiveRow(
  rows: readonly Row[],
  scroller: RefObject<HTMLElement | null>,
  list: RefObject<VirtualizerHandle | null>,
) {
  const [chosen, choose] = useState<string | null>(null);
  const found = chosen === null ? -1 : rows.findIndex((row) => row.key === chosen);
  const index = found < 0 ? rows.length - 1 : found;
  const wanted = useRef<string | null>(null);

  // The list hides a row until it has measured it, and what is hidden takes no focus.
  const tryFocus = (frames: number) => {
    const rendered = scroller.current?.querySelectorAll<HTMLElement>('[data-key]') ?? [];
    const it = [...rendered].find((row) => row.dataset.key === wanted.current);
    it?.focus({ preventScroll: true });
    if (it && document.activeElement === it) wanted.current = null;
    else if (frames > 0) requestAnimationFrame(() => wanted.current !== null && tryFocus(frames - 1));
  };

  return {
    key: rows[index]?.key ?? null,
    index,
    choose,
    /** Moves the focus there and brings it into sight. */
    focus: (to: number, align: 'nearest' | 'center' = 'nearest') => {
      const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
      if (!row) return;
      list.current?.scrollToIndex(rows.indexOf(row), { align });
      choose(row.key);
      wanted.current = row.key;
      tryFocus(20);
    },
  };
}
