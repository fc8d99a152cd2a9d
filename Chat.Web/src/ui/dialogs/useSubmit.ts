import { useState } from 'preact/hooks';
import { focusFirstError } from './Field';
import { dialog } from './request';

/** A form that is sent once at a time. The dialog closes when it worked, and stays with the error when it did not. */
export function useSubmit(run: () => Promise<unknown>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  async function submit(e: Event): Promise<void> {
    e.preventDefault();
    if (busy) return;
    const form = e.currentTarget as Element;
    const request = dialog.peek();
    setBusy(true);
    setError(null);
    try {
      await run();
      if (dialog.peek() === request) dialog.value = null;
    } catch (reason) {
      setError(reason);
      focusFirstError(form);
    } finally {
      setBusy(false);
    }
  }
  return { busy, error, submit };
}
