import { t } from '../i18n';
import { pathOf, type Route } from './route';
import { done, failed } from './toasts/toasts';

/** Puts a link to a place of this page into the clipboard, or shows it where that is not allowed. */
export async function copyLink(to: Route): Promise<void> {
  const link = location.origin + pathOf(to);
  try {
    await copyText(link);
    done(t('room.link_copied'));
  } catch {
    failed(t('room.link_not_copied', { link }));
  }
}

/** Puts a text into the clipboard, in response to a click. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Pages on plain http have no clipboard object.
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'visually-hidden';
  document.body.append(field);
  const before = document.activeElement;
  field.select();
  const worked = document.execCommand('copy');
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  if (!worked) throw new Error('The browser did not copy.');
}
