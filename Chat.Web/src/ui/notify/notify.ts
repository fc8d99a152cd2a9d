/** The title and the icon of the tab, desktop notifications, sound. */
import { effect } from '@preact/signals';
import type { Arrival, Chat } from '../../chat/model';
import { t } from '../../i18n';
import { plain } from '../../text/plain';
import { shownRoom } from '../rooms/shownRoom';
import { go, parse, pathOf, room as toRoom } from '../route';
import { countUnread, decide, isAudible, titleOf } from './decide';
import { oneTab } from './oneTab';
import { preferences } from './preferences';

/** Starts telling about this chat; returns how to stop. */
export function startNotifying(chat: Chat): () => void {
  const tabs = oneTab();
  // The first click on the page is what lets it be heard.
  if (isAudible(preferences.peek())) import('./sound').catch(() => {});
  const stopTitle = effect(() => {
    const unread = countUnread(preferences.value, chat.rooms.value);
    const open = shownRoom(chat);
    document.title = titleOf(unread, t('app.name'), open && (chat.room(open).value?.room.name ?? null));
    badge(unread);
  });
  const stopListening = chat.onArrival(async (arrival) => {
    const tag = `${arrival.room.id}/${arrival.message.seq}`;
    if (isWatching(chat, arrival.room.id)) return tabs.claim(tag);
    const { show, sound } = decide(preferences.peek(), arrival, false);
    if ((!show && !sound) || !(await tabs.isMine(tag))) return;
    if (show) notify(arrival, tag);
    if (sound) (await import('./sound')).beep();
  });
  // From the service worker, when one of its notifications is clicked.
  const follow = ({ data }: MessageEvent<{ go?: unknown } | null>) => {
    const to = parse(String(data?.go));
    if (to?.roomId) go(to);
  };
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  workers?.addEventListener('message', follow);
  return () => {
    workers?.removeEventListener('message', follow);
    stopTitle();
    stopListening();
    tabs.close();
    document.title = t('app.name');
    badge(0);
  };
}

function isWatching(chat: Chat, roomId: string): boolean {
  return shownRoom(chat) === roomId && document.visibilityState === 'visible' && document.hasFocus();
}

function notify({ room, message }: Arrival, tag: string): void {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
  const title = room.kind === 'direct' ? message.sender.name : `${message.sender.name} – ${room.name}`;
  const to = toRoom(room.id, message.seq);
  const options = { body: plain(message.body ?? ''), tag, icon: '/icon-192.png', data: { path: pathOf(to) } };
  try {
    const shown = new Notification(title, options);
    shown.onclick = () => {
      focus();
      go(to);
      shown.close();
    };
  } catch {
    // Phones know notifications only through the service worker, which answers the touch.
    navigator.serviceWorker?.ready.then((worker) => worker.showNotification(title, options)).catch(() => {});
  }
}

let shownBadge = 0;

function badge(unread: number): void {
  if (unread === shownBadge) return;
  shownBadge = unread;
  import('./badge').then(({ draw }) => draw(unread)).catch(() => {});
}
