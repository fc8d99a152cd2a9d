import { writeLocal } from '../local';
import { pause } from '../relay/wait';
import { deleteDatabase } from './schema';

/** Settings that say something about a person, not about this browser: rooms that are muted, the emoji used last. */
const personal = ['chat:notify', 'chat:emoji'];

/** Another tab may keep the file itself longer. */
const patience = 2_000;

/** Takes a person's settings out of this browser. */
export function forgetSettings(): void {
  for (const key of personal) {
    writeLocal(key, null);
    window.dispatchEvent(new StorageEvent('storage', { key })); // which the browser tells other tabs only
  }
}

/**
 * Deletes what this browser keeps of an account whose sign-in is over: events, drafts, what was not sent, settings.
 * Never rejects.
 */
export async function forgetAccount(userId: string): Promise<void> {
  forgetSettings();
  await Promise.race([deleteDatabase(userId).catch(() => undefined), pause(patience)]);
}
