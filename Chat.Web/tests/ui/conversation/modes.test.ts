import { expect, test } from 'vitest';
import type { Chat, Message } from '../../../src/chat/model';
import { begin, type Mode, modeOf, without, writing } from '../../../src/ui/conversation/modes';
import { message } from '../items';

const said = (seq: number): Message => {
  const item = message(seq, { id: 'jo', name: 'Jo' }, `text ${seq}`, 0);
  if (item.kind !== 'message') throw new Error();
  return item.message;
};
const type = (mode: Mode, text: string): Mode => {
  if (mode.kind === 'edit') mode.text.value = text;
  return mode;
};
const chain = (mode: Mode): string[] =>
  mode.kind === 'new' ? [] : [`${mode.kind} ${mode.message.seq}`, ...chain(mode.before)];

test('a room keeps what its field is for while another room is shown', () => {
  const chat = {} as Chat;
  modeOf(chat, 'a').value = begin('reply', said(1), writing);
  expect(modeOf(chat, 'b').value).toBe(writing);
  expect(chain(modeOf(chat, 'a').value)).toEqual(['reply 1']);
  expect(modeOf({} as Chat, 'a').value).toBe(writing);
});

test('an edit that was begun comes back after a reply, one without a change does not', () => {
  const edit = begin('edit', said(1), writing);
  expect(chain(begin('reply', said(2), edit))).toEqual(['reply 2']);
  const reply = begin('reply', said(2), type(edit, 'typed'));
  expect(chain(reply)).toEqual(['reply 2', 'edit 1']);
  expect(reply.kind === 'reply' && reply.before.kind === 'edit' && reply.before.text.value).toBe('typed');
  expect(chain(begin('reply', said(3), reply))).toEqual(['reply 3', 'edit 1']);
});

test('a reply comes back after an edit', () => {
  expect(chain(begin('edit', said(1), begin('reply', said(2), writing)))).toEqual(['edit 1', 'reply 2']);
});

test('to edit the same message again goes on with what was typed', () => {
  const reply = begin('reply', said(2), type(begin('edit', said(1), writing), 'typed'));
  const again = begin('edit', said(1), reply);
  expect(chain(again)).toEqual(['edit 1', 'reply 2']);
  expect(again.kind === 'edit' && again.text.value).toBe('typed');
});

test('what is about a deleted message is over', () => {
  const reply = begin('reply', said(2), type(begin('edit', said(1), writing), 'typed'));
  expect(chain(without(reply, (m) => m.message.seq === 1))).toEqual(['reply 2']);
  expect(chain(without(reply, (m) => m.message.seq === 2))).toEqual(['edit 1']);
});
