import type { Words } from '..';
import type { shell as english } from '../en/shell';

export const shell: Record<keyof typeof english, Words> = {
  'app.name': '聊天',
};
