import type { VNode } from 'preact';
import { useState } from 'preact/hooks';

/** As many in a row as the stylesheet says. */
const columns = 8;

interface Props {
  readonly label: string;
  /** Each with its name. */
  readonly emoji: readonly (readonly [emoji: string, name: string])[];
  readonly onPick: (emoji: string) => void;
}

/** Emoji in rows: one stop for Tab, the arrow keys move inside. */
export function EmojiGrid({ label, emoji, onPick }: Props): VNode | null {
  const [at, setAt] = useState(0);
  if (emoji.length === 0) return null;
  const active = Math.min(at, emoji.length - 1);
  const onKeyDown = (e: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const to = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    const next = Math.max(0, Math.min(emoji.length - 1, active + to));
    setAt(next);
    e.currentTarget.querySelectorAll('button')[next]?.focus();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div class="emoji-grid" role="group" aria-label={label} onKeyDown={onKeyDown}>
      {emoji.map(([it, name], i) => (
        <button
          key={it}
          type="button"
          tabIndex={i === active ? 0 : -1}
          aria-label={name}
          title={name}
          onFocus={() => setAt(i)}
          onClick={() => onPick(it)}
        >
          {it}
        </button>
      ))}
    </div>
  );
}
