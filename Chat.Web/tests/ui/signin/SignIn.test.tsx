// @vitest-environment happy-dom
// @vitest-environment-options {"url":"http://localhost/"}
import { render } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SignIn } from '../../../src/ui/signin/SignIn';
import { eventually } from '../../eventually';

const asked: string[] = [];
let answer: () => Response;

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    asked.push(`${url} ${init.body}`);
    return answer();
  });
  render(<SignIn why={null} />, document.body);
});

afterEach(() => render(null, document.body));

const refuse =
  (code: string, status: number, detail = 'no') =>
  () =>
    Response.json({ code, detail }, { status });
const button = (text: string) => [...document.querySelectorAll('button')].find((x) => x.textContent === text);
const fields = () => [...document.querySelectorAll('input')];

function type(field: HTMLInputElement | undefined, text: string) {
  if (!field) throw new Error('no such field');
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** What is said to be wrong with a field, to those who cannot see it as well. */
const complaint = (field: HTMLInputElement | undefined) =>
  field?.getAttribute('aria-invalid') === 'true'
    ? (field.getAttribute('aria-describedby') ?? '')
        .split(' ')
        .map((id) => document.getElementById(id)?.textContent)
        .join('')
    : null;

test('one field, the name, and you are a guest', async () => {
  answer = refuse('name_taken', 409);
  expect(fields().length).toBe(1);
  type(fields()[0], ' Ada ');
  button('Start chatting')?.click();
  await eventually(() => expect(asked).toEqual(['/api/account/guest?useCookies=true {"name":"Ada"}']));
  await eventually(() => expect(complaint(fields()[0])).toContain('sign in with your password'));
});

test('what cannot be a name is not sent', async () => {
  type(fields()[0], 'two words');
  button('Start chatting')?.click();
  await eventually(() => expect(complaint(fields()[0])).toContain('without spaces'));
  expect(asked).toEqual([]);
});

test('with a password: a wrong one is said beside it', async () => {
  answer = refuse('unauthenticated', 401);
  button('Use a password')?.click();
  await eventually(() => expect(fields().length).toBe(2));
  type(fields()[0], 'Ada');
  type(fields()[1], 'short');
  button('Sign in')?.click();
  await eventually(() => expect(complaint(fields()[1])).toContain('wrong'));
  expect(asked).toEqual(['/api/account/login?useCookies=true {"name":"Ada","password":"short"}']);
});

test('a new password must be long enough', async () => {
  button('Use a password')?.click();
  await eventually(() => expect(fields().length).toBe(2));
  type(fields()[0], 'Ada');
  type(fields()[1], 'short');
  button('Register')?.click();
  await eventually(() => expect(complaint(fields()[1])).toContain('at least 8'));
  expect(asked).toEqual([]);
});

test('a password can be seen while it is typed', async () => {
  button('Use a password')?.click();
  await eventually(() => expect(fields()[1]?.type).toBe('password'));
  button('Show password')?.click();
  await eventually(() => expect(fields()[1]?.type).toBe('text'));
});
