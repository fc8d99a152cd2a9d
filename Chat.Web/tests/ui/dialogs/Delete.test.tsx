// @vitest-environment happy-dom
// @vitest-environment-options {"url":"http://localhost/"}
import { render } from 'preact';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Message } from '../../../src/chat/model';
import { loadLexer } from '../../../src/text/lex';
import { begin, modeOf, writing } from '../../../src/ui/conversation/modes';
import { DialogHost } from '../../../src/ui/dialogs/DialogHost';
import { Dialogs } from '../../../src/ui/dialogs/Dialogs';
import { ask, dialog } from '../../../src/ui/dialogs/request';
import { toasts } from '../../../src/ui/toasts/toasts';
import { Refusal } from '../../../src/wire/refusal';
import { eventually } from '../../eventually';
import { type FakeChat, fakeChat, fakeEntry, fakeRoom } from '../fakeChat';
import { message as item } from '../items';

const me = { id: 'me', name: 'Jean', kind: 'guest' } as const;
const mine = (item(7, me, '**gone** soon', 0) as { message: Message }).message;
const request = { kind: 'delete', roomId: 'r', message: mine } as const;
const shown = () => document.querySelector('dialog');
let chat: FakeChat;

beforeAll(loadLexer);
beforeEach(() => {
  chat = fakeChat(me, [fakeEntry(fakeRoom('r'))]);
});

afterEach(() => {
  render(null, document.body);
  dialog.value = null;
  toasts.value = [];
});

/** Asked, and answered with yes. */
async function yes(): Promise<void> {
  render(<DialogHost chat={chat} />, document.body);
  ask(request);
  await eventually(() => expect(shown()?.open).toBe(true));
  shown()?.querySelector<HTMLButtonElement>('button.danger')?.click();
}

test('the question whether to delete is open before another key can come', () => {
  render(<Dialogs chat={chat} request={request} />, document.body);
  expect(shown()?.open).toBe(true);
  expect(shown()?.querySelector('blockquote')?.textContent).toBe('gone soon');
});

test('with a yes the message goes, and what was being written about it', async () => {
  const mode = modeOf(chat, 'r');
  mode.value = begin('edit', mine, writing);
  await yes();
  await eventually(() => expect(shown()).toBeNull());
  expect(chat.calls).toEqual(['remove r 7']);
  expect(mode.value).toBe(writing);
});

test('the question does not wait for the server, and a refusal is said', async () => {
  let refuse: (e: Refusal) => void = () => undefined;
  chat.remove = () =>
    new Promise((_, reject) => {
      refuse = reject;
    });
  await yes();
  await eventually(() => expect(shown()).toBeNull());
  refuse(new Refusal('forbidden', 'only its sender'));
  await eventually(() => expect(toasts.value[0]?.text).toBe('You are not allowed to do that.'));
});

test('without it nothing happens', async () => {
  render(<DialogHost chat={chat} />, document.body);
  ask(request);
  await eventually(() => expect(shown()?.open).toBe(true));
  shown()?.querySelector<HTMLButtonElement>('form button[type=button]')?.click();
  await eventually(() => expect(shown()).toBeNull());
  expect(chat.calls).toEqual([]);
});
