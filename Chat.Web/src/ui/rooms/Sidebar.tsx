import type { Chat } from '../../chat/model';
import { t } from '../../i18n';
import { Avatar } from '../Avatar';
import { ConnectionButton } from '../connection/ConnectionButton';
import { ask } from '../dialogs/request';
import { Icon } from '../icons';
import { onCommandKey } from '../keyboard/keys';
import { later } from '../later';
import { Menu } from '../menu/Menu';
import { RoomLink } from './RoomLink';

const Requests = later(async () => (await import('./Requests')).Requests);

/** The left pane: me, my rooms, the connection. */
export function Sidebar({ chat, current }: { chat: Chat; current: string | null }) {
  const me = chat.me.value;
  const all = chat.rooms.value;
  const requests = all.filter((entry) => entry.room.request === 'theirs');
  const rooms = requests.length === 0 ? all : all.filter((entry) => entry.room.request !== 'theirs');
  return (
    <nav class="rooms" aria-label={t('rooms.label')}>
      <div class="bar">
        <Menu
          label={t('me.menu')}
          class="own-menu"
          named
          button={
            <>
              <Avatar user={me} size={32} />
              <bdi class="one-line">{me.name}</bdi>
              <span class="visually-hidden">{t('me.menu')}</span>
              <Icon of="down" />
            </>
          }
          items={[
            { label: t('settings.title'), run: () => ask({ kind: 'settings' }) },
            { label: t('help.title'), run: () => ask({ kind: 'help' }) },
            { label: t('signout.title'), run: () => ask({ kind: 'signOut' }), danger: true },
          ]}
        />
        <Menu
          label={t('new.label')}
          class="tool"
          button={<Icon of="plus" />}
          items={[
            { label: t('create.title'), run: () => ask({ kind: 'create' }) },
            { label: t('browse.title'), run: () => ask({ kind: 'browse' }) },
            { label: t('direct.title'), run: () => ask({ kind: 'direct' }) },
          ]}
        />
      </div>
      <button type="button" class="switch" onClick={() => ask({ kind: 'switcher' })}>
        <Icon of="search" />
        <span>{t('switcher.title')}</span>
        <kbd>{onCommandKey('K')}</kbd>
      </button>
      {(requests.length > 0 || chat.invitations.value.length > 0) && (
        <Requests chat={chat} requests={requests} current={current} />
      )}
      <ul class="list">
        {rooms.map((entry) => (
          <RoomLink key={entry.room.id} chat={chat} entry={entry} isCurrent={entry.room.id === current} />
        ))}
      </ul>
      {all.length === 0 && <p class="hint empty">{t(chat.synced.value ? 'rooms.none' : 'rooms.loading')}</p>}
      <div class="foot">
        <ConnectionButton chat={chat} />
      </div>
    </nav>
  );
}
