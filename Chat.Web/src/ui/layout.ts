import { signal } from '@preact/signals';
import { kept } from './kept';

const matches = (query: string) => {
  const list = matchMedia(query);
  const now = signal(list.matches);
  list.addEventListener('change', () => {
    now.value = list.matches;
  });
  return now;
};

// In em, as in the styles: larger type needs more space.
/** One pane: the list or a room. */
export const onePane = matches('(max-width: 40em)');
/** The members lie over the conversation instead of beside it. */
export const membersOver = matches('(max-width: 56.25em)');

const membersBeside = kept('chat:members', true);
const membersOnTop = signal(false);

export const membersShown = () => (membersOver.value ? membersOnTop : membersBeside);
