// @vitest-environment happy-dom
// @vitest-environment-options {"url":"http://localhost/"}
import { beforeEach, expect, test, vi } from 'vitest';
import type { User } from '../../../src/wire/contract';
import { eventually } from '../../eventually';
import { type FakeChat, fakeChat } from '../fakeChat';

const jean: User = { id: 'u1', name: 'Jean', kind: 'guest' };
const ada: User = { id: 'u2', name: 'Ada', kind: 'member' };

let answer: (user: User | null | Error) => void;
let opened: FakeChat[];
let forgotten: string[];

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
  opened = [];
  forgotten = [];
  vi.stubGlobal('fetch', () => {
    return new Promise((resolve, reject) => {
      answer = (user) =>
        user instanceof Error
          ? reject(user)
          : resolve(user ? Response.json({ user }) : Response.json({ code: 'unauthenticated' }, { status: 401 }));
    });
  });
});

async function page() {
  const { entry, start } = await import('../../../src/ui/signin/entry');
  const started = start(
    async (user) => {
      const chat = fakeChat(user);
      opened.push(chat);
      return chat;
    },
    async (userId) => void forgotten.push(userId),
  );
  const answered = async (user: User | null | Error) => {
    answer(user);
    await started;
  };
  return { entry, answered, shown: () => eventually(() => expect(entry.value.kind).not.toBe('opening')) };
}

const whoIsIn = (entry: { value: { kind: string; chat?: { me: { value: User } } } }) => entry.value.chat?.me.value.name;

test('who was here last is shown before the network answers, and once', async () => {
  localStorage.setItem('chat:user', JSON.stringify(jean));
  const { entry, shown, answered } = await page();
  await shown();
  expect(whoIsIn(entry)).toBe('Jean');
  await answered(jean);
  expect(opened.length).toBe(1);
});

test('without a network, who was here last stays', async () => {
  localStorage.setItem('chat:user', JSON.stringify(jean));
  const { entry, shown, answered } = await page();
  await shown();
  await answered(new TypeError('unreachable'));
  expect(whoIsIn(entry)).toBe('Jean');
});

test('without a network and anybody known, the sign-in view says so', async () => {
  const { entry, answered } = await page();
  await answered(new TypeError('unreachable'));
  expect(entry.value).toEqual({ kind: 'out', why: 'unreachable' });
});

test('who turns out not to be signed in comes to the sign-in view, and is forgotten', async () => {
  localStorage.setItem('chat:user', JSON.stringify(jean));
  const { entry, shown, answered } = await page();
  await shown();
  await answered(null);
  expect(entry.value).toEqual({ kind: 'out', why: 'signed_out' });
  expect(opened[0]?.calls).toContain('stop');
  expect(localStorage.getItem('chat:user')).toBeNull();
  expect(forgotten).toEqual(['u1']);
});

test('when somebody else turns out to be signed in, the page becomes theirs', async () => {
  localStorage.setItem('chat:user', JSON.stringify(jean));
  const { entry, shown, answered } = await page();
  await shown();
  await answered(ada);
  await shown();
  expect(whoIsIn(entry)).toBe('Ada');
  expect(opened[0]?.calls).toContain('stop');
});

test('a refused sign-in leads to the sign-in view, whatever was shown', async () => {
  const { entry, shown, answered } = await page();
  await answered(jean);
  await shown();
  const status = opened[0]?.status;
  if (status)
    status.value = { ...status.value, state: 'failed', reason: { code: 'refused', error: 'unauthenticated' } };
  await eventually(() => expect(entry.value).toEqual({ kind: 'out', why: 'signed_out' }));
});

test.each([
  ['the server confirms it', () => answer(null), ['u1']],
  ['nobody answers', () => answer(new TypeError('unreachable')), []],
  ['it was somebody on the way who refused', () => answer(jean), []],
])('what is kept of an account whose sign-in was ended elsewhere: %s', async (_, says, gone) => {
  const { entry, shown, answered } = await page();
  await answered(jean);
  await shown();
  const status = opened[0]?.status;
  if (status)
    status.value = { ...status.value, state: 'failed', reason: { code: 'refused', error: 'unauthenticated' } };
  await eventually(() => expect(entry.value).toEqual({ kind: 'out', why: 'signed_out' }));
  expect(forgotten).toEqual([]);
  says();
  await eventually(() => expect(forgotten).toEqual(gone));
});

test('without a network nothing is forgotten', async () => {
  localStorage.setItem('chat:user', JSON.stringify(jean));
  const { shown, answered } = await page();
  await shown();
  await answered(new TypeError('unreachable'));
  expect(forgotten).toEqual([]);
});
