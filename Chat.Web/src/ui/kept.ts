import { type Signal, signal } from '@preact/signals';

/** A setting that stays in this browser, the same in all its tabs. */
export function kept<T>(key: string, fallback: T): Signal<T> {
  const read = (): T => {
    try {
      const text = localStorage.getItem(key);
      return text === null ? fallback : (JSON.parse(text) as T);
    } catch {
      return fallback;
    }
  };
  const setting = signal(read());
  let written = setting.peek();
  setting.subscribe((value) => {
    if (value === written) return;
    written = value;
    if (value === fallback) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  });
  window.addEventListener('storage', (e) => {
    if (e.key === key || e.key === null) setting.value = written = read();
  });
  return setting;
}
