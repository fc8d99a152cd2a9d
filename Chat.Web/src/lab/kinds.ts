import type { TransportKind } from '../chat/model';

/** How two people can talk through a server: in the order in which the web learnt them, then the three that SignalR brings. */
export type Kind =
  | 'shortPoll'
  | 'longPoll'
  | 'frame'
  | 'eventSource'
  | 'socket'
  | 'signalrLongPolling'
  | 'signalrServerSentEvents'
  | 'signalrWebSockets';

export const kinds: readonly Kind[] = [
  'shortPoll',
  'longPoll',
  'frame',
  'eventSource',
  'socket',
  'signalrLongPolling',
  'signalrServerSentEvents',
  'signalrWebSockets',
];

/** What SignalR calls it, where it is one of SignalR's. */
export const ofSignalR: Partial<Record<Kind, TransportKind>> = {
  signalrLongPolling: 'longPolling',
  signalrServerSentEvents: 'serverSentEvents',
  signalrWebSockets: 'webSockets',
};
