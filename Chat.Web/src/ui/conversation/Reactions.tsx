import type { VNode } from 'preact';
import { useContext } from 'preact/hooks';
import type { Message, Reaction } from '../../chat/model';
import { t } from '../../i18n';
import { TabStop } from '../../text/tabStop';
import type { Actions } from './actions';

/** Who reacted with what; pressing one joins in or takes mine back. */
export function Reactions({ message, me, act }: { message: Message; me: string; act: Actions }): VNode | null {
  const tabIndex = useContext(TabStop);
  if (message.reactions.length === 0) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div class="reactions" role="group" aria-label={t('message.reactions')}>
      {message.reactions.map((reaction) => {
        const { body, users } = reaction;
        const label = reactionText(reaction, me);
        return (
          <button
            key={body}
            type="button"
            tabIndex={tabIndex}
            aria-pressed={users.some((u) => u.id === me)}
            aria-label={label}
            title={label}
            onClick={() => act.toggleReaction(message, body)}
          >
            <bdi class="emoji">{body}</bdi> {users.length}
          </button>
        );
      })}
    </div>
  );
}

/** An emoji, how many chose it, and who. */
export function reactionText({ body, users }: Reaction, me: string): string {
  const names = users.map((u) => (u.id === me ? t('message.you') : u.name)).join(', ');
  return t('message.reaction', { emoji: body, n: users.length, names });
}
