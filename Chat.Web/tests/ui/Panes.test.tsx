// @vitest-environment happy-dom
// @vitest-environment-options {"url":"http://localhost/","width":500}
import { render } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { membersShown } from '../../src/ui/layout';
import { Panes } from '../../src/ui/Panes';
import { go, home, room } from '../../src/ui/route';
import { eventually } from '../eventually';
import { fakeChat, fakeEntry, fakeRoom } from './fakeChat';

vi.mock('../../src/ui/rooms/RoomPane', () => ({
  RoomPane: () => (
    <button type="button" id="members-button">
      Members
    </button>
  ),
}));
vi.mock('../../src/ui/background', () => ({ start: () => () => {} }));

const find = (selector: string) => document.querySelector<HTMLElement>(selector);

beforeEach(() => {
  const rooms = ['a', 'b', 'c'].map((id) => fakeEntry(fakeRoom(id)));
  render(<Panes chat={fakeChat({ id: 'me', name: 'Jean', kind: 'guest' }, rooms)} isNew={false} />, document.body);
});

afterEach(() => {
  render(null, document.body);
  go(home, 'replace');
});

async function open(roomId: string) {
  go(room(roomId));
  await eventually(() => expect(find('#members-button')).not.toBeNull());
  await eventually(() => expect(document.activeElement).toBe(find('#main')));
}

async function openMembers() {
  membersShown().value = true;
  await eventually(() => expect(find('.members')).not.toBeNull());
}

test('on a phone, who comes back to the rooms is where they left from', async () => {
  await open('b');
  go(home);
  await eventually(() => expect(document.activeElement).toBe(find('a[href="/r/b"]')));
});

test('who comes back from a room that is not theirs any more is at the start of the list', async () => {
  await open('gone');
  go(home);
  await eventually(() => expect(find('.rooms')).not.toBeNull());
  await eventually(() => expect(document.activeElement).toBe(find('main')));
});

test('what the members lie over cannot be reached until they are closed, and the focus comes back', async () => {
  await open('a');
  await openMembers();
  expect(find('main')?.inert).toBe(true);
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Close members');
  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  await eventually(() => expect(find('.members')).toBeNull());
  expect(find('main')?.inert).toBe(false);
  expect(document.activeElement).toBe(find('#members-button'));
});

test('a click beside the members closes them, and the focus comes back', async () => {
  await open('a');
  await openMembers();
  (document.activeElement as HTMLElement).blur(); // as the browser does on a click there
  find('.shade')?.click();
  await eventually(() => expect(find('.members')).toBeNull());
  expect(document.activeElement).toBe(find('#members-button'));
});

test('the members go with the room that they are of', async () => {
  await open('a');
  await openMembers();
  go(room('b'));
  await eventually(() => expect(find('.members')).toBeNull());
  expect(find('main')?.inert).toBe(false);
  await openMembers();
  go(home);
  await eventually(() => expect(find('.members')).toBeNull());
  expect(membersShown().value).toBe(false);
});
