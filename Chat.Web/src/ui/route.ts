/** Where the page is: `/` (my rooms), `/r/ROOM`, `/r/ROOM/SEQ` (a message in it). The address is the one truth; back and forward work. */
import { signal } from '@preact/signals';

export interface Route {
  readonly roomId: string | null;
  /** The number of the message to show. */
  readonly seq: number | null;
}

export const home: Route = { roomId: null, seq: null };

/** The route of a path; null if there is none. */
export function parse(path: string): Route | null {
  if (path === '/') return home;
  const [, id, seq] = /^\/r\/([^/]+)(?:\/([1-9]\d{0,14}))?\/?$/.exec(path) ?? [];
  if (!id) return null;
  try {
    return { roomId: decodeURIComponent(id), seq: seq ? Number(seq) : null };
  } catch {
    return null; // not UTF-8
  }
}

export function pathOf(to: Route): string {
  if (to.roomId === null) return '/';
  return `/r/${encodeURIComponent(to.roomId)}${to.seq === null ? '' : `/${to.seq}`}`;
}

export const room = (roomId: string, seq: number | null = null): Route => ({ roomId, seq });

export const route = signal<Route>(home);

export function go(to: Route, how: 'push' | 'replace' = 'push'): void {
  const path = pathOf(to);
  if (how === 'replace' || path === location.pathname) history.replaceState(history.state, '', path);
  else history.pushState({ fromList: route.peek().roomId === null }, '', path);
  route.value = to;
}

/** To the list of rooms: the entry before, if that is the list, so that the history does not grow. */
export function back(): void {
  if ((history.state as { fromList?: boolean } | null)?.fromList) history.back();
  else go(home);
}

/** Follows the address and the links within the page. */
export function startRouting(): void {
  const follow = () => {
    const found = parse(location.pathname);
    if (found) route.value = found;
    else go(home, 'replace');
  };
  follow();
  addEventListener('popstate', follow);
  document.addEventListener('click', (e) => {
    if (e.defaultPrevented || e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
    const link = e.target instanceof Element ? e.target.closest('a') : null;
    const to = link && !link.target && link.origin === location.origin && !link.hash ? parse(link.pathname) : null;
    if (!to) return;
    e.preventDefault();
    go(to);
  });
}
