import type { VNode } from 'preact';
import { useContext } from 'preact/hooks';
import type { Message } from '../../chat/model';
import { type Key, t } from '../../i18n';
import { TabStop } from '../../text/tabStop';
import type { Actions } from './actions';
import { Bin, Chain, Pencil, Reply, Smile } from './icons';

/** What can be done with a message, by mouse and touch; with its letter for the keyboard. */
export function Toolbar({ message, mine, act }: { message: Message; mine: boolean; act: Actions }): VNode {
  const tabIndex = useContext(TabStop);
  const button = (key: Key, letter: string, Icon: () => VNode, run: (message: Message) => void) => (
    <button
      type="button"
      tabIndex={tabIndex}
      aria-label={t(key)}
      aria-keyshortcuts={letter}
      title={`${t(key)} (${letter})`}
      onClick={() => run(message)}
    >
      <Icon />
    </button>
  );
  return (
    <div class="toolbar" role="toolbar" aria-label={t('message.actions')}>
      {button('message.react', '+', Smile, act.pickReaction)}
      {button('message.reply', 'R', Reply, act.reply)}
      {button('message.copyLink', 'C', Chain, act.copyLink)}
      {mine && button('message.edit', 'E', Pencil, act.edit)}
      {mine && button('message.delete', 'Delete', Bin, act.remove)}
    </div>
  );
}
