import type { Chat } from '../../chat/model';
import { later } from '../later';
import { dialog } from './request';

const Dialogs = later(async () => (await import('./Dialogs')).Dialogs);

/** Shows the dialog that is asked for. */
export function DialogHost({ chat }: { chat: Chat | null }) {
  const request = dialog.value;
  return request && chat && <Dialogs key={request} chat={chat} request={request} />;
}
