// @vitest-environment happy-dom
import { render } from 'preact';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import '../../../src/i18n/refusals';
import type { Item, OutboxEntry, Timeline } from '../../../src/chat/model';
import { loadLexer } from '../../../src/text/lex';
import type { Actions } from '../../../src/ui/conversation/actions';
import { MessageView } from '../../../src/ui/conversation/MessageView';
import { message } from '../items';

const jo = { id: 'jo', name: 'Jo', kind: 'member' } as const;
const ann = { id: 'ann', name: 'Ann' };
const noon = new Date(2026, 4, 5, 12, 30).getTime();
let root: HTMLElement;

beforeAll(loadLexer);
beforeEach(() => {
  root = document.createElement('div');
});

function label(item: Item, seen = false): string {
  const row = { key: item.key, item, day: null, fresh: false, first: true, seen };
  const rest = { active: false, pointed: false, target: false, folded: false };
  render(<MessageView row={row} me={jo} timeline={{} as Timeline} act={{} as Actions} {...rest} />, root);
  const text = root.querySelector('article')?.getAttribute('aria-label') ?? '';
  return text.replace(/12:30\sPM/, 'noon');
}

const waiting = (more: Partial<OutboxEntry>): Item => {
  const entry: OutboxEntry = { roomId: 'r1', clientId: 'c', body: 'hi', at: noon, state: 'pending', ...more };
  return { kind: 'outbox', key: 'c', entry };
};

test('who hears a message hears what can be seen of it', () => {
  expect(label(message(1, ann, '**hi** there', noon))).toBe('Ann, noon: hi there');
  expect(label(message(1, ann, 'hi', noon, { edited: true }))).toBe('Ann, noon, edited: hi');
  expect(label(message(1, ann, null, noon, { edited: true }))).toBe('Ann, noon: This message was deleted.');
  const reactions = [{ body: '👍', users: [ann, jo] }];
  expect(label(message(1, jo, 'hi', noon, { reactions }), true)).toBe('Jo, noon: hi; 👍 2: Ann, You; Seen');
});

test('and whether one of mine has been sent, or why not', () => {
  const error = { code: 'rate_limited', message: '' };
  expect(label(waiting({}))).toBe('Jo, noon, Waiting to be sent: hi');
  expect(label(waiting({ state: 'sent' }))).toBe('Jo, noon, Sent: hi');
  expect(label(waiting({ state: 'failed', error }))).toBe('Jo, noon, Not sent: Too many requests in a short time: hi');
});

test('a long one says that it goes on', () => {
  expect(label(message(1, ann, 'a'.repeat(501), noon)).endsWith('a…')).toBe(true);
});

test('what names me stands out', () => {
  label(message(1, ann, 'hi @jo', noon));
  expect(root.querySelector('article')?.classList).toContain('named');
});
