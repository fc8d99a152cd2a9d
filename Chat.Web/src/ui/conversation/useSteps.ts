import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { Row } from './rows';
import { type Step, steps } from './steps';

/** The rows to show now on the way to those that are wanted; `arrived` once they are the same. All within one frame. */
export function useSteps(wanted: readonly Row[]): Step & { readonly arrived: boolean } {
  const way = useRef<{ wanted: readonly Row[]; now: Step; next: readonly Step[] }>({
    wanted: [],
    now: { rows: [], shift: false },
    next: [],
  });
  const [, renderAgain] = useReducer<number, void>((n) => n + 1, 0);
  const it = way.current;
  if (it.wanted !== wanted) {
    it.wanted = wanted;
    it.next = steps(it.now.rows, wanted) ?? [{ rows: wanted, shift: false }];
  }
  const [now, ...next] = it.next;
  if (now) {
    it.now = now;
    it.next = next;
  }
  const arrived = it.next.length === 0;
  useLayoutEffect(() => {
    if (!arrived) renderAgain();
  });
  return { ...it.now, arrived };
}
