// @vitest-environment happy-dom
// @vitest-environment-options {"url":"http://localhost/"}
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readJson, readLocal, writeLocal } from '../src/local';
import { eventually } from './eventually';

const storage = Object.getOwnPropertyDescriptor(globalThis, 'localStorage') as PropertyDescriptor;

/** The browser's own in its place. */
function instead(get: () => Partial<Storage>): void {
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, get });
}

// The list of messages is for browsers; who is not signed in sees none.
vi.mock('virtua', () => ({ Virtualizer: () => null }));

beforeEach(() => {
  vi.resetModules();
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['en']);
  document.body.replaceChildren();
});

afterEach(() => {
  Object.defineProperty(globalThis, 'localStorage', storage);
  localStorage.clear();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('what is written is there, and what is no JSON is nothing', () => {
  writeLocal('a', 'text');
  expect([readLocal('a'), readJson('a'), readLocal('b')]).toEqual(['text', null, null]);
  writeLocal('a', null);
  expect(localStorage.length).toBe(0);
});

test('where there is no room, what is written lives as long as the page', () => {
  const kept = new Map([['a', '"old"']]);
  let full = true;
  instead(() => ({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, text) => {
      if (full) throw new DOMException('full', 'QuotaExceededError');
      kept.set(key, text);
    },
  }));
  writeLocal('a', '"new"');
  expect([readJson('a'), kept.get('a')]).toEqual(['new', '"old"']);
  full = false;
  writeLocal('a', '"newer"');
  expect([readJson('a'), kept.get('a')]).toEqual(['newer', '"newer"']);
});

test('a browser that blocks storage shows the page all the same, and keeps its choices while it is open', async () => {
  // Told to block cookies and site data, browsers do not even give the object.
  instead(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  vi.stubGlobal('fetch', async () => Response.json({ code: 'unauthenticated' }, { status: 401 }));
  await import('../src/main');
  await eventually(() => expect(document.querySelector('input')).not.toBeNull());
  const { choose, chosen, t } = await import('../src/i18n');
  await choose('zh');
  expect([chosen(), t('app.name')]).toEqual(['zh', '聊天']);
  const { theme } = await import('../src/ui/settings/theme');
  theme.value = 'dark';
  expect(document.documentElement.dataset.theme).toBe('dark');
  const { forcedTransport } = await import('../src/relay/memory');
  forcedTransport.write('longPolling');
  expect(forcedTransport.read()).toBe('longPolling');
});
