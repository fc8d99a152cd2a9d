/**
 * The service worker: the page opens from what is kept here before the network answers, or without it. Messages are not its
 * business; they are in IndexedDB. A new version is kept beside the old one and waits until the page says `skipWaiting`, so that a
 * page never gets the code of another version.
 */
import { route } from './sw/route';

declare const self: ServiceWorkerGlobalScope;
// Filled in by build/serviceWorker.ts.
declare const __INDEX__: string;
declare const __FILES__: readonly string[];

const page = '/';
// Files are named by their content, so that this names the version as well.
const version = __INDEX__;
const prefix = 'page ';

self.addEventListener('install', (event) => event.waitUntil(keep()));
self.addEventListener('activate', (event) => event.waitUntil(forget()));
self.addEventListener('message', (event) => {
  if (event.data === 'skipWaiting') void self.skipWaiting();
});
self.addEventListener('fetch', (event) => {
  const by = route(event.request, self.location.origin);
  if (by === 'page') event.respondWith(answerPage(event.request));
  else if (by === 'file') event.respondWith(answerFile(event.request));
});
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

async function keep(): Promise<void> {
  const cache = await caches.open(prefix + version);
  // With its integrity: while a new version is being installed, or behind a proxy's sign-in page, `/` may be something else. Then
  // this fails, and the browser tries again later.
  await cache.addAll([new Request(page, { cache: 'no-cache', integrity: version }), ...__FILES__]);
}

async function forget(): Promise<void> {
  // In the order in which they were made. The newest of the others stays: tabs that still show it may need more of its files.
  const others = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== prefix + version);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  // The page of the first visit too: what it loads later shall come from here, and not from a server that has moved on.
  await self.clients.claim();
}

async function answerPage(request: Request): Promise<Response> {
  return (await caches.match(page, { cacheName: prefix + version, ignoreVary: true })) ?? fetch(request);
}

async function answerFile(request: Request): Promise<Response> {
  const kept = await caches.match(request.url, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  // A full disk is no reason not to answer.
  if (response.status === 200) await put(request.url, response.clone()).catch(() => {});
  return response;
}

async function put(url: string, response: Response): Promise<void> {
  await (await caches.open(prefix + version)).put(url, response);
}

/** @param data the notification's: `{path}`, an address of the page, such as `/r/abc/42`. */
async function open(data: unknown): Promise<void> {
  const path = String((data as { path?: unknown } | null)?.path ?? page);
  const [tab] = await self.clients.matchAll({ type: 'window' });
  if (!tab) return void (await self.clients.openWindow(path));
  // The page goes there itself: to load it anew would lose what is open in it.
  tab.postMessage({ go: path });
  await tab.focus();
}
