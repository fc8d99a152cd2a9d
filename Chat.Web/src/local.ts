/** localStorage that never throws: where the browser blocks it or it is full, what is written lives as long as the page. */

const unsaved = new Map<string, string | null>();

/** null: there is nothing. */
export function readLocal(key: string): string | null {
  try {
    return unsaved.get(key) ?? localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** null removes it. */
export function writeLocal(key: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    unsaved.delete(key);
  } catch {
    unsaved.set(key, text);
  }
}

/** What was written as JSON; null: there is nothing, or it is no JSON. */
export function readJson(key: string): unknown {
  try {
    return JSON.parse(readLocal(key) ?? 'null');
  } catch {
    return null;
  }
}
