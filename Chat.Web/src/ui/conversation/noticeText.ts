import { t } from '../../i18n';
import type { ChatEvent } from '../../wire/contract';

/** What happened in the room, in words; empty for what needs none. */
export function noticeText(event: ChatEvent): string {
  const name = event.sender.name;
  const by = event.by && event.by.id !== event.sender.id ? event.by.name : null;
  switch (event.type) {
    case 'join':
      return by ? t('notice.invited', { name, by }) : t('notice.joined', { name });
    case 'leave':
      return by ? t('notice.removed', { name, by }) : t('notice.left', { name });
    case 'room':
      return [renamed(name, event.room?.name), topic(name, event.room?.topic)].filter(Boolean).join(' · ');
    default:
      return '';
  }
}

const renamed = (name: string, to: string | undefined) => (to ? t('notice.renamed', { name, to }) : '');

function topic(name: string, to: string | undefined): string {
  if (to === undefined) return '';
  return to ? t('notice.topic', { name, to }) : t('notice.noTopic', { name });
}
