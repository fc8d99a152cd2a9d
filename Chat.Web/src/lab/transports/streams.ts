import { deferred } from '../../relay/wait';
import type { ChatEvent } from '../../wire/contract';
import { address, eventTypes, type Place, post, type Transport } from './transport';

const credentials = (place: Place) => ({ after: String(place.after()), access_token: place.guest.token() });

/** The browser's own client of event streams. It comes back by itself, and says where it was. */
export function eventSource(place: Place): Transport {
  const opened = deferred<void>();
  const over = deferred<void>();
  const source = new EventSource(address(place, '/events/stream', credentials(place)));
  source.onopen = () => opened.resolve();
  source.onerror = () => {
    // While it says that it connects, it does.
    if (source.readyState === EventSource.CLOSED) close();
  };
  for (const type of eventTypes) source.addEventListener(type, (e) => place.received(JSON.parse(e.data) as ChatEvent));
  function close() {
    source.close();
    opened.reject(new Error('EventSource was refused.'));
    over.resolve();
  }
  return {
    opened: opened.promise,
    over: over.promise,
    send: (clientId, body) => post(place, clientId, body),
    close,
  };
}

/** A hidden frame whose document never ends: each script in it calls a function of this page. */
export function frame(place: Place): Transport {
  const opened = deferred<void>();
  const over = deferred<void>();
  const callback = `lab_${place.lab.slice(0, 16)}`;
  const functions = window as unknown as Record<string, ((event: ChatEvent) => void) | undefined>;
  functions[callback] = (event) => {
    opened.resolve();
    place.received(event);
  };
  const element = document.createElement('iframe');
  element.hidden = true;
  element.title = callback;
  element.src = address(place, '/events/frame', { ...credentials(place), callback });
  element.addEventListener('load', close); // it has ended
  document.body.append(element);
  // The document is another one as soon as the answer has begun.
  const look = setInterval(() => {
    if (element.contentDocument?.URL.includes('/events/frame')) {
      clearInterval(look);
      opened.resolve();
    }
  }, 20);
  function close() {
    clearInterval(look);
    element.remove();
    delete functions[callback];
    opened.reject(new Error('The frame ended.'));
    over.resolve();
  }
  return {
    opened: opened.promise,
    over: over.promise,
    send: (clientId, body) => post(place, clientId, body),
    close,
  };
}
