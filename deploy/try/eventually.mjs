import { setTimeout as pause } from 'node:timers/promises';

/** Waits until `condition` holds and returns what it said; throws when `seconds` are over. */
export async function eventually(condition, seconds, what) {
  const deadline = Date.now() + seconds * 1000;
  let reason = '';
  do {
    try {
      const value = await condition();
      if (value) return value;
    } catch (e) {
      reason = `: ${e.message}`;
    }
    await pause(200);
  } while (Date.now() < deadline);
  throw new Error(`Within ${seconds} s it did not happen that ${what}${reason}`);
}
