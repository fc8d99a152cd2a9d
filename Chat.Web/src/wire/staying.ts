import * as account from './account';

/**
 * Much less than half of the shortest lifetime of a sign-in that makes sense: a cookie is renewed in the second half.
 */
const every = 20 * 60_000;

/**
 * Asks now and then who I am. A browser's cookie is renewed only by an answer over HTTP, and a page that talks over its
 * WebSocket gets none: it would be signed out when the sign-in's lifetime is over, however much it is used. Returns how
 * to stop.
 */
export function staySignedIn(ask: () => Promise<unknown> = account.current): () => void {
  if (typeof window === 'undefined') return () => {};
  const timer = setInterval(() => void ask().catch(() => undefined), every);
  return () => clearInterval(timer);
}
