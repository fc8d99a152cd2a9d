import { deferred, pause } from '../../relay/wait';
import type { EventPage } from '../../wire/contract';
import { address, type Place, post, type Transport } from './transport';

/** Asks again and again. `wait`: seconds that the server may hold a question until there is something to say; 0: it answers at once. */
export function poll(place: Place, wait: number): Transport {
  const opened = deferred<void>();
  const over = deferred<void>();
  const stop = new AbortController();
  const ask = async () => {
    // A server holds the first question too: that it was sent is all that can be known.
    if (wait > 0) setTimeout(opened.resolve, 50);
    while (!stop.signal.aborted) {
      const url = address(place, '/events', { after: String(place.after()), ...(wait ? { wait: String(wait) } : {}) });
      const { events } = await place.guest.call<EventPage>(url, 'GET', undefined, stop.signal);
      opened.resolve();
      for (const event of events) place.received(event);
      if (!wait) await pause(place.interval, stop.signal);
    }
  };
  ask()
    .catch(opened.reject)
    .finally(() => over.resolve());
  return {
    opened: opened.promise,
    over: over.promise,
    send: (clientId, body) => post(place, clientId, body),
    close: () => stop.abort(),
  };
}
