import type { VNode } from 'preact';
import { useContext } from 'preact/hooks';
import type { Message } from '../../chat/model';
import { type Key, t } from '../../i18n';
import { TabStop } from '../../text/tabStop';
import { Icon, type IconName } from '../icons';
import type { Actions } from './actions';

/** Gives the focus to the message of this button. Without a hovering pointer that is what shows the toolbar. */
export const focusMessage = (e: MouseEvent) => (e.currentTarget as HTMLElement).closest('article')?.focus();

/** What can be done with a message, by mouse and touch; with its letter for the keyboard. */
export function Toolbar({ message, mine, act }: { message: Message; mine: boolean; act: Actions }): VNode {
  const tabIndex = useContext(TabStop);
  const button = (key: Key, letter: string, icon: IconName, run: (message: Message) => void) => (
    <button
      type="button"
      class="tool"
      tabIndex={tabIndex}
      aria-label={t(key)}
      aria-keyshortcuts={letter}
      title={`${t(key)} (${letter})`}
      onClick={(e) => {
        focusMessage(e); // the toolbar hides, and what takes the focus now could not give it back to a button of it
        run(message);
      }}
    >
      <Icon of={icon} />
    </button>
  );
  return (
    <div class="toolbar" role="toolbar" aria-label={t('message.actions')}>
      {button('message.react', '+', 'smile', act.pickReaction)}
      {button('message.reply', 'R', 'reply', act.reply)}
      {button('message.copyLink', 'C', 'link', act.copyLink)}
      {mine && button('message.edit', 'E', 'pencil', act.edit)}
      {mine && button('message.delete', 'Delete', 'bin', act.remove)}
    </div>
  );
}
