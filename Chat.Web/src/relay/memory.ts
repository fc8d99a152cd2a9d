import { type TransportKind, transportKinds } from '../chat/model';

/** Keeps a transport's name in localStorage. Where there is none, it costs a few seconds at the next start and nothing else. */
const kept = (key: string) => ({
  read(): TransportKind | null {
    try {
      const name = localStorage.getItem(key);
      return transportKinds.find((kind) => kind === name) ?? null;
    } catch {
      return null;
    }
  },
  write(kind: TransportKind | null): void {
    try {
      if (kind) localStorage.setItem(key, kind);
      else localStorage.removeItem(key);
    } catch {
      // Blocked or full: the choice lives as long as the page.
    }
  },
});

/** What worked the last time, where it was not the best one. */
export const rememberedTransport = kept('chat.transport.remembered');
/** The person's choice. */
export const forcedTransport = kept('chat.transport.forced');
