import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { staySignedIn } from '../../src/wire/staying';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('window', globalThis);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a page that stays open asks over HTTP now and then, so that its cookie is renewed, until it is closed', async () => {
  const ask = vi.fn(() => Promise.reject(new TypeError('nobody answers')));
  const stop = staySignedIn(ask);
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect(ask).toHaveBeenCalledTimes(3);
  stop();
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect(ask).toHaveBeenCalledTimes(3);
});
