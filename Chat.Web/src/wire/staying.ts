import * as account from './account';

/**
 * Much less than half of the shortest lifetime of a sign-in that makes sense: a cookie is renewed in the second half.
 */
const every = 20 * 60_000;

/**
 * Asks the server now and then who is signed in. Only an answer over HTTP renews a browser's cookie, and a page that
 * uses its WebSocket gets none. Without this call the page would be signed out at the end of the sign-in's lifetime.
 * Returns a function that stops it.
 */
export function staySignedIn(ask: () => Promise<unknown> = account.current): () => void {
  if (typeof window === 'undefined') return () => {};
  const timer = setInterval(() => void ask().catch(() => undefined), every);
  return () => clearInterval(timer);
}
