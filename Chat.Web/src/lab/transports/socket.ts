import { type Deferred, deferred } from '../../relay/wait';
import type { ChatEvent, WireError } from '../../wire/contract';
import { Refusal } from '../../wire/refusal';
import { address, type Place, type Transport } from './transport';

type Word =
  | ChatEvent
  | { readonly ack: { readonly clientId: string } }
  | { readonly error: WireError & { readonly clientId?: string } };

/** A WebSocket with the subprotocol `chat.v1`: events down, messages up, and an acknowledgement for each. */
export function socket(place: Place): Transport {
  const opened = deferred<void>();
  const over = deferred<void>();
  const sent = new Map<string, Deferred<void>>();
  const query = { after: String(place.after()), access_token: place.guest.token() };
  const url = new URL(address(place, '/events/socket', query), location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const it = new WebSocket(url, 'chat.v1');
  it.onopen = () => opened.resolve();
  it.onclose = ({ code, reason }) => {
    const error = new Error(`The WebSocket was closed: ${code} ${reason}`);
    opened.reject(error);
    for (const waiting of sent.values()) waiting.reject(error);
    over.resolve();
  };
  it.onmessage = ({ data }) => {
    const word = JSON.parse(String(data)) as Word;
    if ('ack' in word) sent.get(word.ack.clientId)?.resolve();
    else if ('error' in word)
      sent.get(word.error.clientId ?? '')?.reject(new Refusal(word.error.code, word.error.message));
    else place.received(word);
  };
  return {
    opened: opened.promise,
    over: over.promise,
    send(clientId, body) {
      const waiting = deferred<void>();
      sent.set(clientId, waiting);
      if (it.readyState === WebSocket.OPEN) it.send(JSON.stringify({ clientId, body }));
      else waiting.reject(new Error('The WebSocket is not open.'));
      return waiting.promise.finally(() => sent.delete(clientId));
    },
    close: () => it.close(),
  };
}
