import type { ReadonlySignal } from '@preact/signals';

/** Resolves when the signal is true. */
export const until = (condition: ReadonlySignal<boolean>): Promise<void> =>
  new Promise((resolve) => {
    const stop = condition.subscribe((now) => {
      if (!now) return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
