import { expect, test, vi } from 'vitest';
import { Consent } from '../../src/chat/consent';
import { afterEvent, mentioned, snapshot } from '../../src/chat/rooms';
import { watchFocus } from '../../src/relay/wake';
import type { ChatEvent, Invitation } from '../../src/wire/contract';
import { eventually } from '../eventually';
import { di, jo } from '../fakeServer';

const invitation = (id: string): Invitation => ({
  room: { id, kind: 'private', name: id },
  by: di,
  at: '2026-01-01T00:00:00Z',
});

test('invitations are those of the last sync, and what came and went since', () => {
  const consent = new Consent(() => null);
  consent.synced({ user: jo, rooms: [], invitations: [invitation('a')] });
  consent.invited(invitation('b'));
  consent.invited(invitation('a'));
  expect(consent.invitations.value.map((i) => i.room.id)).toEqual(['a', 'b']);
  consent.answered('a');
  expect(consent.invitations.value.map((i) => i.room.id)).toEqual(['b']);
  consent.synced({ user: jo, rooms: [] });
  expect(consent.invitations.value).toEqual([]);
});

test('who is blocked is asked only of a server that knows it', async () => {
  const asked: string[] = [];
  const consent = new Consent(async <T>(method: string) => {
    asked.push(method);
    return [{ id: di.id, name: di.name }] as T;
  });
  consent.synced({ user: jo, rooms: [] });
  await consent.refresh();
  expect(asked).toEqual([]);
  consent.synced({ user: jo, rooms: [], features: ['consent'] });
  await consent.refresh();
  expect([asked, consent.isBlocked(di.id)]).toEqual([['Blocked'], true]);
  consent.setBlocked(di, false);
  expect(consent.isBlocked(di.id)).toBe(false);
});

test('what is asked for while a question is under way is one more question', async () => {
  const answers: ((users: unknown) => void)[] = [];
  const consent = new Consent(<T>() => new Promise<T>((done) => answers.push(done as (users: unknown) => void)));
  consent.synced({ user: jo, rooms: [], features: ['consent'] });
  const all = [consent.refresh(), consent.refresh(), consent.refresh()];
  expect(answers.length).toBe(1);
  answers[0]?.([]);
  await eventually(() => expect(answers.length).toBe(2));
  answers[1]?.([di]);
  await Promise.all(all);
  expect([answers.length, consent.isBlocked(di.id)]).toEqual([2, true]);
});

test('turning to the window is told until it is stopped', () => {
  const browser = new EventTarget();
  vi.stubGlobal('window', browser);
  const focused = vi.fn();
  const stop = watchFocus(focused);
  browser.dispatchEvent(new Event('focus'));
  stop();
  browser.dispatchEvent(new Event('focus'));
  vi.unstubAllGlobals();
  expect(focused).toHaveBeenCalledTimes(1);
});

test('a mention by somebody blocked counts as unread and not as a mention', () => {
  const room = {
    id: 'r',
    kind: 'public',
    name: 'R',
    head: 2,
    readUpTo: 2,
    unread: 0,
    joined: 1,
    members: [jo, di],
  } as const;
  const e: ChatEvent = {
    roomId: 'r',
    seq: 3,
    id: '3',
    type: 'message',
    sender: di,
    at: '2026-01-01T00:00:00Z',
    body: '@Jo',
  };
  const start = snapshot(room, undefined, 2);
  expect(mentioned(afterEvent(start, e, jo))).toBe(true);
  const state = afterEvent(start, e, jo, true);
  expect([state.room.unread, mentioned(state)]).toEqual([1, false]);
});
