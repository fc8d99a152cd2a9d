import { useEffect, useRef } from 'preact/hooks';
import type { Chat } from '../chat/model';
import { t } from '../i18n';
import { dialog } from './dialogs/request';
import { later } from './later';
import { membersOver, membersShown, onePane } from './layout';
import { RoomPane } from './rooms/RoomPane';
import { Sidebar } from './rooms/Sidebar';
import { openNewest, shownRoom } from './rooms/shownRoom';
import { go, pathOf, room, route } from './route';
import { attempt, failed } from './toasts/toasts';
import { until } from './until';

const Bars = later(async () => (await import('./connection/Bars')).Bars);
const Welcome = later(async () => (await import('./rooms/Welcome')).Welcome);
const Members = later(async () => (await import('./members/Members')).Members);

/** Everything that somebody who is signed in sees: the rooms, the conversation, the members. */
export function Panes({ chat, isNew }: { chat: Chat; isNew: boolean }) {
  useEffect(() => {
    if (!isNew) void openNewest(chat);
    else if (route.peek().roomId === null) attempt(landInFirstRoom(chat));
  }, [chat]);
  useEffect(() => {
    let stop: (() => void) | null = () => {};
    import('./background').then(
      ({ start }) => {
        if (stop) stop = start(chat);
      },
      () => failed(t('error.part')),
    );
    return () => {
      stop?.();
      stop = null;
    };
  }, [chat]);
  useEffect(() => {
    // A page that the browser keeps for going back to goes on afterwards.
    const close = (e: PageTransitionEvent) => e.persisted || chat.stop();
    addEventListener('pagehide', close);
    return () => {
      removeEventListener('pagehide', close);
      dialog.value = null;
    };
  }, [chat]);

  const { roomId, seq } = route.value;
  const shown = shownRoom(chat);
  const isMember = shown !== null && chat.rooms.value.some((entry) => entry.room.id === shown);
  const before = useRef<string | null>(null);
  useEffect(() => {
    const left = before.current;
    before.current = shown;
    if (!onePane.peek() || shown === left) return;
    // What led here is gone, and the focus with it: back in the list it goes to where one came from.
    const link =
      shown === null && left !== null && document.querySelector<HTMLElement>(`.room[href="${pathOf(room(left))}"]`);
    (link || document.getElementById('main'))?.focus();
  }, [shown]);
  const members = membersShown();
  const list = <Sidebar chat={chat} current={shown} />;

  if (onePane.value && roomId === null) {
    return (
      <div class="panes one">
        <Bars chat={chat} />
        <main class="middle" id="main" tabIndex={-1}>
          <h1 class="visually-hidden">{t('app.name')}</h1>
          {list}
        </main>
      </div>
    );
  }
  return (
    <div class={`panes ${members.value && isMember && !membersOver.value ? 'with-members' : ''}`}>
      <a class="skip" href="#main">
        {t('app.skip')}
      </a>
      <Bars chat={chat} />
      {!onePane.value && list}
      <main class="middle" id="main" tabIndex={-1}>
        {shown === null ? <Welcome chat={chat} /> : <RoomPane key={shown} chat={chat} roomId={shown} seq={seq} />}
      </main>
      {members.value && isMember && <Members chat={chat} roomId={shown} />}
    </div>
  );
}

async function landInFirstRoom(chat: Chat): Promise<void> {
  await until(chat.synced);
  const { firstRoom } = await import('./signin/firstRoom');
  const first = await firstRoom(chat);
  if (first && route.peek().roomId === null) go(room(first.id), 'replace');
}
