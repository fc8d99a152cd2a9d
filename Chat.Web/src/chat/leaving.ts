/** Tells when the page may be gone at any moment: it is being closed, or is not seen any more. Returns how to stop. */
export function watchLeaving(leaving: () => void): () => void {
  if (typeof window === 'undefined') return () => {};
  const stop = new AbortController();
  const { signal } = stop;
  window.addEventListener('pagehide', leaving, { signal });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leaving(), { signal });
  return () => stop.abort();
}
