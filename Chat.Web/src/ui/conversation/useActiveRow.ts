import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
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
  const wanted = useRef<{ key: string; from: Element | null } | null>(null);
  const frame = useRef(0);

  // The list hides a row until it has measured it, and what is hidden takes no focus: until then the next frame and each render, which
  // may be as late as a page of older messages, try again; unless the person puts the focus elsewhere.
  const tryFocus = (frames: number) => {
    cancelAnimationFrame(frame.current);
    const wish = wanted.current;
    if (wish === null) return;
    const now = document.activeElement;
    const free = now === wish.from || now === document.body || scroller.current?.contains(now);
    const rendered = free ? (scroller.current?.querySelectorAll<HTMLElement>('[data-key]') ?? []) : [];
    const it = [...rendered].find((row) => row.dataset.key === wish.key);
    it?.focus({ preventScroll: true });
    if (!free || (it && document.activeElement === it)) wanted.current = null;
    else if (frames > 0) frame.current = requestAnimationFrame(() => tryFocus(frames - 1));
  };
  useLayoutEffect(() => tryFocus(20));

  return {
    key: rows[index]?.key ?? null,
    index,
    /** Makes it the one, without the focus. */
    choose: (key: string | null) => {
      if (key !== wanted.current?.key) wanted.current = null;
      choose(key);
    },
    /** A row shall have the focus as soon as it can. */
    pending: () => wanted.current !== null,
    /** Moves the focus there and brings it into sight; `null` if it is. */
    focus: (to: number, align: 'nearest' | 'center' | null = 'nearest') => {
      const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
      if (!row) return;
      if (align) list.current?.scrollToIndex(rows.indexOf(row), { align });
      choose(row.key);
      wanted.current = { key: row.key, from: document.activeElement };
      tryFocus(20);
    },
  };
}
