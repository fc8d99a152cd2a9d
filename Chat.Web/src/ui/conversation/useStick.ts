import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** So close to the end (in pixels) counts as being there. */
const slack = 40;
/** So long after a gesture (in milliseconds) what is scrolled is scrolled by it; a swipe goes on as long as it moves. */
const gesture = 300;

/** Keeps the end of a scrolled element in sight while the person is there, whatever grows or shrinks; and lets go when they scroll up. */
export function useStick(scroller: RefObject<HTMLElement | null>, isEnd: () => boolean) {
  const stuck = useRef(false);
  const lastTop = useRef(0);
  const lastGesture = useRef(Number.NEGATIVE_INFINITY);
  const [atBottom, setAtBottom] = useState(true);

  const look = () => {
    const it = scroller.current;
    if (!it) return;
    const near = it.scrollHeight - it.scrollTop - it.clientHeight < slack;
    const byHand = performance.now() - lastGesture.current < gesture && it.scrollTop !== lastTop.current;
    if (byHand) lastGesture.current = performance.now();
    // Content that grows moves the end away before we follow, and the list moves what is seen when it learns how tall rows are:
    // only a person's own move up means that they left. And the end of a window is not the end: following it would run through
    // the whole room.
    if (near && isEnd()) stuck.current = true;
    else if (byHand && it.scrollTop < lastTop.current - 1) stuck.current = false;
    lastTop.current = it.scrollTop;
    setAtBottom(near || stuck.current);
  };
  const follow = () => {
    const it = scroller.current;
    // What a gesture has just scrolled counts before its event has come.
    if (performance.now() - lastGesture.current < gesture) look();
    if (!it || !stuck.current) return;
    it.scrollTop = it.scrollHeight;
    lastTop.current = it.scrollTop;
  };
  // Before the next paint: rows measured late, a keyboard that comes up, a field that grows.
  useEffect(() => {
    const it = scroller.current;
    if (!it) return;
    const observer = new ResizeObserver(() => {
      follow();
      look();
    });
    for (const box of [it, ...it.children]) observer.observe(box);
    // A press on the element itself is one on its scroll bar.
    const note = () => {
      lastGesture.current = performance.now();
    };
    const gestures = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;
    for (const kind of gestures) it.addEventListener(kind, note, { passive: true });
    const drag = (e: PointerEvent) => e.buttons > 0 && note();
    addEventListener('pointermove', drag, { passive: true });
    return () => {
      observer.disconnect();
      for (const kind of gestures) it.removeEventListener(kind, note);
      removeEventListener('pointermove', drag);
    };
  }, []);
  return {
    atBottom,
    look,
    follow,
    /** Goes to the end and stays there. */
    stick: () => {
      stuck.current = true;
      lastGesture.current = Number.NEGATIVE_INFINITY; // the last gesture was the wish for the end
      setAtBottom(true);
      follow();
    },
    release: () => {
      stuck.current = false;
    },
  };
}
