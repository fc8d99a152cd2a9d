import type { TransportKind } from '../../chat/model';
import { signalrHub } from '../../relay/hub';
import { deferred } from '../../relay/wait';
import type { ChatEvent, SendResult } from '../../wire/contract';
import { Refusal } from '../../wire/refusal';
import type { Place, Transport } from './transport';

/** The hub, over one transport. */
export function signalr(place: Place, kind: TransportKind): Transport {
  const over = deferred<void>();
  const hub = signalrHub(`/hubs/chat?lab=${place.lab}`, place.guest.token)(kind);
  hub.onClosed(() => over.resolve());
  hub.on('Event', (event: ChatEvent) => {
    if (event.roomId === place.roomId) place.received(event);
  });
  async function open() {
    await hub.start();
    await hub.invoke('Sync', [{ cursors: { [place.roomId]: place.after() } }]);
  }
  const opened = open();
  opened.catch(() => {
    over.resolve();
    void hub.close();
  });
  return {
    opened,
    over: over.promise,
    async send(clientId, body) {
      const [result] = await hub.invoke<readonly SendResult[]>('Send', [place.roomId, [{ clientId, body }]]);
      if (result?.error) throw new Refusal(result.error.code, result.error.message);
    },
    close() {
      void hub.close();
      over.resolve();
    },
  };
}
