// @vitest-environment happy-dom
// @vitest-environment-options {"url":"http://localhost/"}
import { render } from 'preact';
import { afterEach, expect, test } from 'vitest';
import type { RoomEntry } from '../../../src/chat/model';
import { RequestBar } from '../../../src/ui/rooms/Requests';
import { roomMenu } from '../../../src/ui/rooms/roomMenu';
import { Sidebar } from '../../../src/ui/rooms/Sidebar';
import { Blocked } from '../../../src/ui/settings/Blocked';
import type { Room } from '../../../src/wire/contract';
import { eventually } from '../../eventually';
import { fakeChat, fakeEntry, fakeRoom } from '../fakeChat';

const me = { id: 'me', name: 'Jean', kind: 'guest' } as const;
const di = { id: 'di', name: 'Di' };
const direct = (some: Partial<Room> = {}): RoomEntry =>
  fakeEntry(fakeRoom('d', { kind: 'direct', name: 'Di', members: [me, di], ...some }));
const text = () => document.body.textContent ?? '';
const press = (label: string) =>
  [...document.querySelectorAll('button')].find((button) => button.textContent === label)?.click();

afterEach(() => render(null, document.body));

test('requests and invitations stand above my rooms and go when they are answered', async () => {
  const chat = fakeChat(me, [direct({ request: 'theirs' }), fakeEntry(fakeRoom('lobby'))]);
  chat.invitations.value = [{ room: { id: 'x', kind: 'private', name: 'club' }, by: di, at: '2026-01-01T00:00:00Z' }];
  render(<Sidebar chat={chat} current={null} />, document.body);
  await eventually(() => expect(document.querySelector('.requests')?.textContent).toContain('Di invites you'));
  expect(document.querySelector('.requests')?.querySelector('a')?.textContent).toContain('Di');
  expect(document.querySelector('.list')?.textContent).not.toContain('Di');
  press('Accept');
  await eventually(() => expect(chat.calls).toEqual(['answerInvitation x true']));
  chat.rooms.value = [direct()];
  await eventually(() => expect(document.querySelector('.requests')).toBeNull());
  expect(document.querySelector('.list')?.textContent).toContain('Di');
});

test('over a request I accept, refuse or block; over mine I read that it waits', async () => {
  const chat = fakeChat(me);
  render(<RequestBar chat={chat} entry={direct({ request: 'theirs' })} />, document.body);
  expect(text()).toContain('Di wants to talk with you');
  for (const label of ['Accept', 'Refuse', 'Block']) press(label);
  await eventually(() => expect(chat.calls).toEqual(['answerRequest d true', 'answerRequest d false', 'block di']));
  render(<RequestBar chat={chat} entry={direct({ request: 'mine' })} />, document.body);
  expect(text()).toContain('Di has not answered yet');
});

test('a direct room’s menu blocks, and the settings list whom I blocked', async () => {
  const chat = fakeChat(me);
  roomMenu(chat, direct())
    .find((item) => item.label === 'Block')
    ?.run();
  await eventually(() => expect(chat.blocked.value.get('di')).toEqual(di));
  expect(roomMenu(chat, fakeEntry(fakeRoom('lobby'))).some((item) => item.label === 'Block')).toBe(false);
  render(<Blocked chat={chat} />, document.body);
  expect(text()).toContain('Di');
  press('Unblock');
  await eventually(() => expect(text()).toContain('You have blocked nobody'));
  expect(chat.calls).toEqual(['block di', 'unblock di']);
});
