/** The page's side of the service worker. */

const script = '/sw.js';
// Our Content-Security-Policy wants the address of a script to have gone through a policy of this name, where browsers know such.
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('chat', {
  createScriptURL: (url) => {
    if (url !== script) throw new TypeError('not a script of this page');
    return url;
  },
});

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/**
 * Keeps the page on this device, so that it opens without the network. Does nothing where the browser has no service workers (no
 * https, say); never throws.
 * @param onNewVersion called when a newer page waits, again for each; what it is given changes over to it and reloads every tab.
 * @param onOpen called with an address of the page, such as `/r/abc/42`, when a notification was clicked.
 */
export async function keepPage(
  onNewVersion: (change: () => void) => void,
  onOpen: (url: string) => void,
): Promise<void> {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  workers.addEventListener('message', (event) => {
    if (typeof event.data?.open === 'string') onOpen(event.data.open);
  });
  // Another tab may have asked for the change: the old version's files are gone then, so this tab goes along. On the first visit
  // there is no old version.
  let controlled = workers.controller !== null;
  workers.addEventListener('controllerchange', () => {
    if (controlled) location.reload();
    controlled = true;
  });
  try {
    const registration = await workers.register(policy?.createScriptURL(script) ?? script, { updateViaCache: 'none' });
    const offer = (worker: ServiceWorker | null) => {
      if (worker?.state === 'installed' && workers.controller) onNewVersion(() => worker.postMessage('skipWaiting'));
    };
    offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      worker?.addEventListener('statechange', () => offer(worker));
    });
    checkNowAndThen(registration);
  } catch {
    // The page works without; the next visit tries again.
  }
}

/** A page that is open all day would not learn of a new version: browsers look when a page is opened. */
function checkNowAndThen(registration: ServiceWorkerRegistration): void {
  const hour = 3_600_000;
  setInterval(() => registration.update().catch(() => {}), hour);
}
