import { Refusal } from '../wire/refusal';
import { type Session, SessionLost } from './session';
import { deferred } from './wait';

/** Milliseconds, for a connection and the answer together. */
const timeout = 10_000;

export interface CallOptions {
  /** Again on the next connection if this one is lost meanwhile; the default. */
  readonly repeatable?: boolean;
  /** Repeated, it may find that it has been carried out: `not_found` and `forbidden` then say so. */
  readonly goneIsDone?: boolean;
}

/** Calls the hub on the connection as it is now or will be. Rejects with a `Refusal`: the server's, or `unavailable`. */
export async function call<T>(
  whenConnected: () => Promise<Session>,
  method: string,
  args: readonly unknown[],
  { repeatable = true, goneIsDone = false }: CallOptions = {},
): Promise<T> {
  const late = deferred<never>();
  const timer = setTimeout(() => late.reject(new Refusal('unavailable', 'Not connected.')), timeout);
  try {
    for (let again = false; ; again = true) {
      const session = await Promise.race([whenConnected(), late.promise]);
      try {
        return await Promise.race([session.invoke<T>(method, ...args), late.promise]);
      } catch (e) {
        // The first call, whose answer was lost, has done it.
        const gone = e instanceof Refusal && (e.code === 'not_found' || e.code === 'forbidden');
        if (again && goneIsDone && gone) return undefined as T;
        if (!(e instanceof SessionLost)) throw e;
        if (!repeatable) throw new Refusal('unavailable', `${e.message} It may have been carried out.`);
      }
    }
  } finally {
    clearTimeout(timer);
  }
}
