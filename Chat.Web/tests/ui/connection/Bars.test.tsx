// @vitest-environment happy-dom
// @vitest-environment-options {"url":"http://localhost/"}
import { render } from 'preact';
import { afterEach, expect, test } from 'vitest';
import type { OutboxEntry } from '../../../src/chat/model';
import { Bars } from '../../../src/ui/connection/Bars';
import { SignOut } from '../../../src/ui/dialogs/SignOut';
import { eventually } from '../../eventually';
import { fakeChat, fakeEntry, fakeRoom } from '../fakeChat';

const me = { id: 'me', name: 'Jean', kind: 'guest' } as const;
const text = () => document.body.textContent ?? '';
const entry = (roomId: string, state: OutboxEntry['state']): OutboxEntry => ({
  roomId,
  clientId: `${roomId}-${state}`,
  body: 'x',
  at: 0,
  state,
});

afterEach(() => render(null, document.body));

test('a message to a room that is not mine any more is told of, with the way to it', async () => {
  const chat = fakeChat(me, [fakeEntry(fakeRoom('mine'))]);
  chat.outbox.value = [entry('mine', 'failed'), entry('gone', 'failed')];
  render(<Bars chat={chat} />, document.body);
  await eventually(() => expect(text()).toContain('1 message could not be sent'));
  expect(document.querySelector('a')?.getAttribute('href')).toBe('/r/gone');
  chat.outbox.value = [entry('mine', 'failed')];
  await eventually(() => expect(text()).toBe(''));
});

test('signing out warns of all that is not sent, whichever room it is for', async () => {
  const chat = fakeChat(me, [fakeEntry(fakeRoom('mine'))]);
  chat.outbox.value = [entry('mine', 'pending'), entry('gone', 'failed'), entry('mine', 'sent')];
  render(<SignOut chat={chat} />, document.body);
  await eventually(() => expect(text()).toContain('2 messages have not been sent'));
});
