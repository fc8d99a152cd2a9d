// @vitest-environment happy-dom
// @vitest-environment-options {"url":"http://localhost/"}
import { render } from 'preact';
import { afterEach, expect, test, vi } from 'vitest';
import { Absent } from '../../../src/ui/rooms/Absent';
import { Refusal } from '../../../src/wire/refusal';
import { eventually } from '../../eventually';
import { fakeChat, fakeRoom } from '../fakeChat';

const me = { id: 'me', name: 'Jean', kind: 'guest' } as const;
const text = () => document.body.textContent ?? '';

afterEach(() => render(null, document.body));

test('a link to a public room joins it, once the rooms are known', async () => {
  const chat = fakeChat(me, [], [fakeRoom('l')]);
  chat.synced.value = false;
  render(<Absent chat={chat} roomId="l" wasMember={false} />, document.body);
  await eventually(() => expect(text()).toContain('Opening'));
  expect(chat.calls).toEqual([]);
  chat.synced.value = true;
  await eventually(() => expect(chat.calls).toEqual(['join l']));
});

test('a room that is hidden from me says whom to ask', async () => {
  render(<Absent chat={fakeChat(me)} roomId="secret" wasMember={false} />, document.body);
  await eventually(() =>
    expect(text()).toContain('doesn’t exist, or you have not been invited; ask a member to invite Jean'),
  );
});

test('who has left a room joins again only by a click', async () => {
  const chat = fakeChat(me, [], [fakeRoom('l')]);
  render(<Absent chat={chat} roomId="l" wasMember={true} />, document.body);
  await eventually(() => expect(text()).toContain('not in this room any more'));
  expect(chat.calls).toEqual([]);
  document.querySelector('button')?.click();
  await eventually(() => expect(chat.calls).toEqual(['join l']));
});

test('a room that did not open for want of a connection opens with the next one', async () => {
  const chat = fakeChat(me, [], [fakeRoom('l')]);
  const { join } = chat;
  chat.join = async () => {
    chat.status.value = { ...chat.status.value, state: 'connecting' };
    throw new Refusal('unavailable', 'Not connected.');
  };
  render(<Absent chat={chat} roomId="l" wasMember={false} />, document.body);
  await eventually(() => expect(text()).toContain('could not be opened'));
  expect(text()).toContain('tried again by itself');
  chat.join = join;
  chat.status.value = { ...chat.status.value, state: 'connected' };
  await eventually(() => expect(chat.calls).toEqual(['join l']));
});

test('a connection that comes back at once, before the page looks, opens the room, too', async () => {
  const chat = fakeChat(me, [], [fakeRoom('l')]);
  const { join } = chat;
  chat.join = async () => {
    chat.join = join;
    chat.status.value = { ...chat.status.value, state: 'connecting' };
    queueMicrotask(() =>
      queueMicrotask(() =>
        queueMicrotask(() => {
          chat.status.value = { ...chat.status.value, state: 'connected' };
        }),
      ),
    );
    throw new Refusal('unavailable', 'Not connected.');
  };
  render(<Absent chat={chat} roomId="l" wasMember={false} />, document.body);
  await eventually(() => expect(chat.calls).toEqual(['join l']));
});

test('what the server refused is not tried again by itself, and nothing else is said', async () => {
  const chat = fakeChat(me);
  render(<Absent chat={chat} roomId="secret" wasMember={false} />, document.body);
  await eventually(() => expect(text()).toContain('not here'));
  let tries = 0;
  chat.join = async () => {
    tries++;
    throw new Refusal('not_found', 'no such room');
  };
  for (const state of ['connecting', 'connected', 'failed'] as const) {
    chat.status.value = { ...chat.status.value, state };
    await new Promise(requestAnimationFrame);
    expect(text()).not.toContain('by itself');
  }
  expect(tries).toBe(0);
});

test('what I wrote to a room that is not mine any more can be read, copied and discarded, and does not join it', async () => {
  const chat = fakeChat(me, [], [fakeRoom('l')]);
  const entry = { roomId: 'l', clientId: 'c', body: 'long work', at: 0, state: 'failed' } as const;
  chat.outbox.value = [entry, { ...entry, clientId: 'd', roomId: 'other', body: 'elsewhere' }];
  const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  render(<Absent chat={chat} roomId="l" wasMember={false} />, document.body);
  await eventually(() => expect(text()).toContain('long work'));
  expect(text()).not.toContain('elsewhere');
  const press = (label: string) =>
    [...document.querySelectorAll('button')].find((it) => it.textContent === label)?.click();
  press('Copy text');
  press('Discard');
  expect(writeText).toHaveBeenCalledWith('long work');
  expect(chat.calls).toEqual(['discard c']);
});
