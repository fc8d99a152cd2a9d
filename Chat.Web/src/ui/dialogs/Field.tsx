import '../../styles/forms.css';
import type { ComponentChildren, TargetedInputEvent } from 'preact';
import { useId } from 'preact/hooks';

interface Props {
  label: string;
  value?: string;
  onInput?: (e: TargetedInputEvent<HTMLInputElement>) => void;
  error?: string | null | undefined;
  hint?: string;
  type?: 'text' | 'password' | 'search';
  name?: string;
  autocomplete?: string;
  maxLength?: number;
  /** A name, which the keyboard shall not mend. */
  verbatim?: boolean;
  /** The id of a list of suggestions. */
  list?: string;
  /** Has the focus when its dialog opens. */
  first?: boolean;
  children?: ComponentChildren;
}

/** A labelled field, with what is wrong with it said beside it. */
export function Field({
  label,
  error,
  hint,
  children,
  verbatim = false,
  first = false,
  type = 'text',
  list,
  ...input
}: Props) {
  const id = useId();
  const kind: object = { type, list }; // the types of Preact want each kind of field written out
  return (
    <div class="labelled">
      <label for={id}>{label}</label>
      <input
        {...input}
        id={id}
        dir="auto"
        aria-invalid={error ? 'true' : 'false'}
        aria-describedby={`${id}-hint ${id}-error`}
        {...kind}
        autofocus={first}
        {...(verbatim ? { autocapitalize: 'off', spellcheck: false } : {})}
      />
      {children}
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
      <p class="error" id={`${id}-error`}>
        {error}
      </p>
    </div>
  );
}

/** After the next frame: what is wrong is marked by then. */
export const focusFirstError = (form: Element): number =>
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
