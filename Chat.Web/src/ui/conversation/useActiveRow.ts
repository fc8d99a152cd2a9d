import { type RefObject, useLayoutEffect, useRef, useState } from 'preact/compat';
import type { VirtualizerHandle } from 'virtua';
import type { Row } from './rows';

/** The one message that Tab goes to, and that the arrow keys move from. The newest until another one was chosen. */
export function useActiveRow(
  rows: readonly Row[],
  scroller: RefObject<HTMLElement | null>,
  list: RefObject<VirtualizerHandle | null>,
) {
  const [chosen, choose] = useState<string | null>(null);
  const focusNext = useRef(false);
  const found = chosen === null ? -1 : rows.findIndex((row) => row.key === chosen);
  const index = found < 0 ? rows.length - 1 : found;
  const key = rows[index]?.key ?? null;

  const element = () =>
    [...(scroller.current?.querySelectorAll<HTMLElement>('[data-key]') ?? [])].find((it) => it.dataset.key === key);

  // The row may be drawn only now: the list keeps the active one mounted.
  useLayoutEffect(() => {
    if (!focusNext.current) return;
    const it = element();
    if (!it) return;
    focusNext.current = false;
    it.focus({ preventScroll: true });
  });

  return {
    key,
    index,
    choose,
    /** Moves the focus there and brings it into sight. */
    focus: (to: number, align: 'nearest' | 'center' = 'nearest') => {
      const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
      if (!row) return;
      focusNext.current = true;
      list.current?.scrollToIndex(rows.indexOf(row), { align });
      if (row.key === key) {
        focusNext.current = false;
        element()?.focus({ preventScroll: true });
      } else choose(row.key);
    },
  };
}
