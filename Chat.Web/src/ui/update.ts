/** The service worker: the page opens without a network, and a newer version waits until the person wants it. */
import { signal } from '@preact/signals';

export const waitingVersion = signal<ServiceWorker | null>(null);

const script = '/sw.js';

export async function startServiceWorker(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    const registration = await navigator.serviceWorker.register(trusted(script), { updateViaCache: 'none' });
    const look = () => {
      // Without a controller it is the first version, which has nothing to replace.
      waitingVersion.value = navigator.serviceWorker.controller ? registration.waiting : null;
    };
    look();
    registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
    // A page that stays open for weeks asks now and then.
    setInterval(() => registration.update().catch(() => {}), 3_600_000);
  } catch {
    // Not allowed here (plain http, private window): the page works without it.
  }
}

/** Lets the new version take over, and shows it. */
export function reload(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waitingVersion.peek()?.postMessage('skipWaiting');
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL(url: string): unknown;
  };
}

/** Where the browser asks for Trusted Types, the one address that may become a script. */
function trusted(url: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  if (!types) return url;
  const policy = types.createPolicy('chat', {
    createScriptURL: (asked) => {
      if (asked !== script) throw new TypeError(`not a script of ours: ${asked}`);
      return asked;
    },
  });
  return policy.createScriptURL(url) as string;
}
