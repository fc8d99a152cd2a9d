import '../../styles/completions.css';
import type { VNode } from 'preact';
import { t } from '../../i18n';
import type { Completing } from './completing';
import type { Option } from './useCompletion';

interface Props {
  readonly typed: Completing | null;
  readonly options: readonly Option[];
  readonly index: number;
  readonly onChoose: (option: Option) => void;
}

/** What the typed word could become. The focus stays in the field, which names the chosen one. */
export function CompletionList({ typed, options, index, onChoose }: Props): VNode {
  return (
    <div
      id="completions"
      class="completions"
      role="listbox"
      tabIndex={-1}
      aria-label={t(typed?.kind === '@' ? 'composer.people' : 'composer.codes')}
    >
      {options.map((option, i) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's
        <div
          key={option.key}
          id={`completion-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === index}
          onPointerDown={(e) => e.preventDefault()}
          onClick={() => onChoose(option)}
        >
          <bdi>{option.label}</bdi>
        </div>
      ))}
    </div>
  );
}
