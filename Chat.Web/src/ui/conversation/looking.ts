import { signal } from '@preact/signals';

const now = () => document.visibilityState === 'visible' && document.hasFocus();

/** Somebody looks at this page: it is visible and has the focus. What arrives otherwise is not read. */
export const looking = signal(now());

const update = () => {
  looking.value = now();
};
addEventListener('focus', update);
addEventListener('blur', update);
document.addEventListener('visibilitychange', update);
