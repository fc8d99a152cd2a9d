// @vitest-environment happy-dom
// @vitest-environment-options {"url":"http://localhost/"}
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { eventually } from '../eventually';

let reachable = true;

/** The page as it is when it has just been opened by such a browser. */
async function opened(...languages: string[]) {
  vi.resetModules();
  vi.doMock('../../src/i18n/zh', () => {
    if (!reachable) throw new TypeError('Failed to fetch dynamically imported module');
    return { words: { 'app.name': '聊天' } };
  });
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(languages);
  return import('../../src/i18n');
}

beforeEach(() => {
  vi.useFakeTimers();
  reachable = true;
  localStorage.clear();
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('a page whose words cannot be fetched is English until they can', async () => {
  reachable = false;
  const { start, t, locale } = await opened('zh-CN');
  await start();
  expect([t('app.name'), locale.value]).toEqual(['Chat', 'en']);
  reachable = true;
  await vi.advanceTimersByTimeAsync(10_000);
  await eventually(() => expect([t('app.name'), locale.value]).toEqual(['聊天', 'zh-CN']));
});

test('a language that cannot be fetched is not chosen', async () => {
  reachable = false;
  const { choose, chosen, language } = await opened('en');
  await expect(choose('zh')).rejects.toThrow();
  expect([chosen(), language.value]).toEqual([null, 'en']);
});

test.each([
  [['zh-TW', 'zh-Hans-HK'], 'zh-Hans-HK'],
  [['zh-HK', 'zh-TW'], 'zh-CN'],
  [['zh-SG'], 'zh-SG'],
  [['fr', 'en-GB'], 'en-GB'],
])('dates for %s go by %s', async (languages, expected) => {
  const { start, locale } = await opened(...languages);
  await start();
  expect(locale.value).toBe(expected);
});
