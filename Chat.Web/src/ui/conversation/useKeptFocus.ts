import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Gives the focus a new place when what had it is taken away, as buttons are that have done their work: otherwise the keys would go
 * nowhere. `put` is called after a render until it has moved the focus; `by` is the kind of pointer that was used last, '' for the
 * keyboard. Returns the handlers for the element that is watched.
 */
export function useKeptFocus(put: (by: string) => void) {
  const had = useRef<Element | null>(null);
  const by = useRef('');
  useLayoutEffect(() => {
    if (had.current && !had.current.isConnected && document.activeElement === document.body) put(by.current);
  });
  return {
    onFocusIn: (e: FocusEvent) => {
      had.current = e.target as Element;
    },
    // Who left it by themselves wants nothing back. What is being taken away is still in its place here.
    onFocusOut: () => {
      const it = had.current;
      queueMicrotask(() => {
        if (had.current === it && it?.isConnected) had.current = null;
      });
    },
    onPointerDown: (e: PointerEvent) => {
      by.current = e.pointerType;
    },
    onKeyDown: () => {
      by.current = '';
    },
  };
}
