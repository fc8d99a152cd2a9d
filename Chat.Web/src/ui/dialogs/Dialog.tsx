import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n';
import { Icon } from '../icons';
import { refusalText } from '../refusals';
import { dialog } from './request';
import { useSubmit } from './useSubmit';

/** Closes the dialog that is open. */
export const closeDialog = (): void => {
  dialog.value = null;
};

/** A modal dialog with a heading. The focus goes in, and comes back when it is closed, by the browser. */
export function Dialog(props: { title: string; class?: string; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const shown = element.current;
    const request = dialog.peek();
    shown?.showModal();
    const closed = () => {
      if (dialog.peek() === request) closeDialog();
    };
    shown?.addEventListener('close', closed);
    return () => {
      shown?.removeEventListener('close', closed);
      shown?.close(); // before it is taken away: this is what gives the focus back
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc does the same, by the browser
    <dialog
      ref={element}
      class={props.class}
      aria-labelledby={id}
      onClick={(e) => {
        if (e.target === e.currentTarget && !inside(e, e.currentTarget)) closeDialog();
      }}
    >
      <header>
        <h2 id={id}>{props.title}</h2>
        <button type="button" class="tool" aria-label={t('action.close')} onClick={closeDialog}>
          <Icon of="close" />
        </button>
      </header>
      {props.children}
    </dialog>
  );
}

const inside = (e: MouseEvent, element: Element): boolean => {
  const box = element.getBoundingClientRect();
  return e.clientX >= box.left && e.clientX <= box.right && e.clientY >= box.top && e.clientY <= box.bottom;
};

/** A dialog that asks before something is done; `run` may be refused, which is said here. */
export function Question(props: {
  title: string;
  /** What it is about, as somebody wrote it. */
  quote?: string;
  text: ComponentChildren;
  action: string;
  danger?: boolean;
  run: () => Promise<unknown>;
}) {
  const { busy, error, submit } = useSubmit(props.run);
  return (
    <Dialog title={props.title}>
      <form onSubmit={submit}>
        {props.quote && <blockquote dir="auto">{props.quote}</blockquote>}
        <p>{props.text}</p>
        <p class="error" role="alert">
          {error !== null && refusalText(error)}
        </p>
        <Buttons action={props.action} busy={busy} danger={props.danger ?? false} />
      </form>
    </Dialog>
  );
}

export function Buttons({ action, busy, danger = false }: { action: string; busy: boolean; danger?: boolean }) {
  return (
    <div class="buttons">
      <button type="submit" class={danger ? 'primary danger' : 'primary'} aria-disabled={busy}>
        {action}
      </button>
      <button type="button" onClick={closeDialog}>
        {t('action.cancel')}
      </button>
    </div>
  );
}
