import type { Words } from '..';
import type { conversation as english } from '../en/conversation';

export const conversation: Record<keyof typeof english, Words> = {
  'timeline.label': '消息',
};
