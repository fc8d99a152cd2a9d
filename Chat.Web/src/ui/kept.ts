import { type Signal, signal } from '@preact/signals';
import { readJson, writeLocal } from '../local';

/** A setting that stays in this browser, the same in all its tabs. */
export function kept<T>(key: string, fallback: T): Signal<T> {
  const read = () => (readJson(key) as T | null) ?? fallback;
  const setting = signal(read());
  let written = setting.peek();
  setting.subscribe((value) => {
    if (value === written) return;
    written = value;
    writeLocal(key, value === fallback ? null : JSON.stringify(value));
  });
  window.addEventListener('storage', (e) => {
    if (e.key === key || e.key === null) setting.value = written = read();
  });
  return setting;
}
