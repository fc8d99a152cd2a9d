import '../../styles/confirm.css';
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Message } from '../../chat/model';
import { t } from '../../i18n';
import { plain } from '../../text/plain';

/** Asks before a message is deleted. */
export function ConfirmDelete(props: { message: Message; onYes: () => void; onClose: () => void }): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before another key can come: it would go to the message.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="confirm" aria-labelledby="confirm-title" onClose={props.onClose}>
      <h2 id="confirm-title">{t('message.deleteTitle')}</h2>
      <blockquote dir="auto">{plain(props.message.body ?? '')}</blockquote>
      <p>{t('message.deleteText')}</p>
      <form method="dialog">
        <button type="submit">{t('message.cancel')}</button>
        <button type="submit" class="danger" onClick={props.onYes}>
          {t('message.delete')}
        </button>
      </form>
    </dialog>
  );
}
