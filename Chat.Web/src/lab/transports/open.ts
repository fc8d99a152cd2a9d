import { type Kind, ofSignalR } from '../kinds';
import { poll } from './polling';
import { signalr } from './signalr';
import { socket } from './socket';
import { eventSource, frame } from './streams';
import type { Place, Transport } from './transport';

/** Seconds that a long poll asks the server to wait. */
const longWait = 25;

/** Opens it; see `Transport.opened`. */
export function open(kind: Kind, place: Place): Transport {
  const hub = ofSignalR[kind];
  if (hub) return signalr(place, hub);
  switch (kind) {
    case 'shortPoll':
      return poll(place, 0);
    case 'longPoll':
      return poll(place, longWait);
    case 'frame':
      return frame(place);
    case 'eventSource':
      return eventSource(place);
    default:
      return socket(place);
  }
}
