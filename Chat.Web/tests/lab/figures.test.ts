import { describe, expect, test } from 'vitest';
import { costOfTalk, overhead, type Result, ranked } from '../../src/lab/compare';
import { costOf, median, quantile, type Sample } from '../../src/lab/figures';

/** A sample a second: requests, bytes and messages since the one before. */
function samples(...seconds: readonly (readonly [number, number, number])[]): Sample[] {
  let sum: Sample = { at: 0, requests: 0, bytes: 0, messages: 0 };
  return [
    sum,
    ...seconds.map(([requests, bytes, messages]) => {
      sum = {
        at: sum.at + 1000,
        requests: sum.requests + requests,
        bytes: sum.bytes + bytes,
        messages: sum.messages + messages,
      };
      return sum;
    }),
  ];
}

const times = <T>(n: number, value: T): T[] => Array(n).fill(value);

describe('what a transport costs', () => {
  test('is by message and by idle minute, and waiting is not charged to messages', () => {
    const cost = costOf(samples(...times(20, [1, 100, 0] as const), [3, 500, 2], ...times(20, [1, 100, 0] as const)));
    expect(cost).toEqual({
      requestsPerMessage: 1,
      bytesPerMessage: 200,
      requestsPerIdleMinute: 60,
      bytesPerIdleMinute: 6_000,
    });
  });

  test('counts what a message brings in the second before and after it', () => {
    const cost = costOf(samples(...times(20, [0, 0, 0] as const), [1, 400, 0], [0, 100, 1], [1, 50, 0]));
    expect(cost).toMatchObject({ requestsPerMessage: 2, bytesPerMessage: 550 });
  });

  test('is not known of waiting before a heartbeat had the time to come', () => {
    expect(costOf(samples(...times(10, [1, 100, 0] as const))).bytesPerIdleMinute).toBeNull();
    expect(costOf([])).toEqual({
      requestsPerMessage: null,
      bytesPerMessage: null,
      requestsPerIdleMinute: null,
      bytesPerIdleMinute: null,
    });
  });

  test('is never less than nothing', () => {
    expect(costOf(samples([9, 999, 0], [9, 999, 0], [0, 0, 0], [0, 0, 1])).bytesPerMessage).toBe(0);
  });
});

describe('the comparison', () => {
  const idle = { ms: 10_000, requests: 10, bytes: 5_000, seen: true };

  test('takes what two people would have spent on waiting off what they spent on talking', () => {
    expect(costOfTalk({ ms: 2_000, requests: 14, bytes: 4_000, seen: true }, 10, idle)).toEqual({
      requestsPerMessage: 1,
      bytesPerMessage: 200,
      requestsPerIdleMinute: 60,
      bytesPerIdleMinute: 30_000,
    });
  });

  test('says nothing of messages before it knows what waiting costs', () => {
    expect(costOfTalk({ ms: 1, requests: 1, bytes: 1, seen: true }, 1, null).bytesPerMessage).toBeNull();
    expect(costOfTalk({ ms: 1, requests: 0, bytes: 0, seen: false }, 1, idle).bytesPerMessage).toBeNull();
  });

  test('ranks by delay or by overhead, and what has no figure last', () => {
    const result = (kind: Result['kind'], delay: number | null, perMessage: number): Result => ({
      kind,
      median: delay,
      p90: delay,
      held: 1,
      requestsPerMessage: 1,
      bytesPerMessage: perMessage,
      requestsPerIdleMinute: 0,
      bytesPerIdleMinute: 100,
      complete: true,
    });
    const all = [result('frame', null, 1), result('longPoll', 20, 50), result('socket', 10, 70)];
    expect(ranked(all, 'delay').map((r) => r.kind)).toEqual(['socket', 'longPoll', 'frame']);
    expect(ranked(all, 'overhead').map((r) => r.kind)).toEqual(['frame', 'longPoll', 'socket']);
    expect(overhead(all[1] as Result)).toBe(400);
  });
});

test('of delays the middle and the ninth in ten are told', () => {
  expect([median([]), median([3, 1, 2]), quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9)]).toEqual([null, 2, 9]);
});
