import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** So close to the end (in pixels) counts as being there. */
const slack = 40;

/** Keeps the end of a scrolled element in sight while the person is there, whatever grows or shrinks; and lets go when they scroll up. */
export function useStick(scroller: RefObject<HTMLElement | null>, isEnd: () => boolean) {
  const stuck = useRef(false);
  const lastTop = useRef(0);
  const [atBottom, setAtBottom] = useState(true);

  const look = () => {
    const it = scroller.current;
    if (!it) return;
    const near = it.scrollHeight - it.scrollTop - it.clientHeight < slack;
    // Content that grows below moves the end away before we follow: only a move up means that the person left.
    // And the end of a window is not the end: following it would run through the whole room.
    if (near && isEnd()) stuck.current = true;
    else if (it.scrollTop < lastTop.current - 1) stuck.current = false;
    lastTop.current = it.scrollTop;
    setAtBottom(near || stuck.current);
  };
  const follow = () => {
    const it = scroller.current;
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
    return () => observer.disconnect();
  }, []);
  return {
    atBottom,
    look,
    follow,
    /** Goes to the end and stays there. */
    stick: () => {
      stuck.current = true;
      setAtBottom(true);
      follow();
    },
    release: () => {
      stuck.current = false;
    },
  };
}
