import { call } from './http';
import { Refusal, textOf } from './refusal';

/** The features that the server lists; an older one has none. Rejects with a `Refusal` that may be tried again. */
export async function serverFeatures(): Promise<readonly string[]> {
  try {
    return (await call<{ readonly features?: readonly string[] }>('/api/server')).features ?? [];
  } catch (e) {
    if (e instanceof Refusal && !e.mayRetry) return [];
    throw e instanceof Refusal ? e : new Refusal('unavailable', textOf(e));
  }
}
