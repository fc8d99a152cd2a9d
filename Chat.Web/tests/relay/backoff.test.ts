import { expect, test } from 'vitest';
import { Backoff } from '../../src/relay/backoff';

test('the bound doubles up to the longest wait, and starts over', () => {
  const waits = new Backoff(500, 30_000, 0, () => 1);
  expect(Array.from({ length: 8 }, () => waits.next())).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  waits.reset();
  expect(waits.next()).toBe(500);
});

test('no wait is shorter than the floor, however lucky', () => {
  expect(new Backoff(100, 5_000, 20, () => 0).next()).toBe(20);
});
