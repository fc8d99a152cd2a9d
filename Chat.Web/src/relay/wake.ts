const tick = 5_000;
/** A tick this much later than it was due: the machine slept. */
const sleptAfter = 10_000;

/** Tells when the network or the machine may have come back, and when the network goes. Returns how to stop. */
export function watchWaking(woke: () => void, offline: () => void): () => void {
  if (typeof window === 'undefined') return () => {};
  const stop = new AbortController();
  const { signal } = stop;
  window.addEventListener('online', woke, { signal });
  window.addEventListener('offline', offline, { signal });
  window.addEventListener('pageshow', (e) => e.persisted && woke(), { signal });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && woke(), { signal });
  let due = Date.now() + tick;
  // Hidden pages have slow timers; they wake when they are shown.
  const timer = setInterval(() => {
    const late = Date.now() - due;
    due = Date.now() + tick;
    if (late > sleptAfter && document.visibilityState === 'visible') woke();
  }, tick);
  return () => {
    stop.abort();
    clearInterval(timer);
  };
}

/** Tells when the person turns to this window. Answers with how to stop. */
export function watchFocus(focused: () => void): () => void {
  if (typeof window === 'undefined') return () => {};
  window.addEventListener('focus', focused);
  return () => window.removeEventListener('focus', focused);
}
