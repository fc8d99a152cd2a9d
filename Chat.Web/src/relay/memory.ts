import { type TransportKind, transportKinds } from '../chat/model';
import { readLocal, writeLocal } from '../local';

/** A transport's name that stays in this browser. Where it does not, the next start takes a few seconds more. */
const kept = (key: string) => ({
  read: (): TransportKind | null => {
    const name = readLocal(key);
    return transportKinds.find((kind) => kind === name) ?? null;
  },
  write: (kind: TransportKind | null): void => writeLocal(key, kind),
});

/** What worked the last time, where it was not the best one. */
export const rememberedTransport = kept('chat.transport.remembered');
/** The person's choice. */
export const forcedTransport = kept('chat.transport.forced');
