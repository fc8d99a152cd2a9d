/** Who answers a request of the page: the kept page, the kept file, or the network as if there were no service worker. */
export type Route = 'page' | 'file' | 'network';

/** What the service worker looks at in a request. */
export interface Asked {
  readonly method: string;
  /** `navigate` when a tab opens an address. */
  readonly mode: string;
  readonly url: string;
}

/** The addresses that the server answers with the page (`PageSetup.cs`); the rest of its addresses are not ours to answer. */
const pages = /^\/(r\/[^/]+(\/\d+)?\/?)?$/;

/**
 * Decides it from the request alone.
 * @param origin the page's own, such as `https://chat.example`.
 */
export function route(asked: Asked, origin: string): Route {
  const url = new URL(asked.url);
  if (asked.method !== 'GET' || url.origin !== origin) return 'network';
  if (asked.mode === 'navigate') return pages.test(url.pathname) ? 'page' : 'network';
  // The name of a file in assets/ has a hash of its content, so that one that is kept is never out of date.
  return url.pathname.startsWith('/assets/') ? 'file' : 'network';
}
