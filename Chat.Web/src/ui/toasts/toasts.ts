import { signal } from '@preact/signals';
import { refusalText } from '../refusals';

export interface Toast {
  readonly text: string;
  readonly bad: boolean;
}

/** What has just happened, to be seen and heard for some seconds. */
export const toasts = signal<readonly Toast[]>([]);

export const done = (text: string): void => show({ text, bad: false }, 4_000);
export const failed = (text: string): void => show({ text, bad: true }, 10_000);

export const dismiss = (toast: Toast): void => {
  toasts.value = toasts.value.filter((x) => x !== toast);
};

/** Does it, and says how it went. */
export async function attempt(call: Promise<unknown>, text?: string): Promise<void> {
  try {
    await call;
    if (text) done(text);
  } catch (e) {
    await import('../../i18n/refusals').catch(() => undefined);
    failed(refusalText(e));
  }
}

function show(toast: Toast, milliseconds: number): void {
  toasts.value = [...toasts.value.slice(-2), toast];
  setTimeout(dismiss, milliseconds, toast);
}
