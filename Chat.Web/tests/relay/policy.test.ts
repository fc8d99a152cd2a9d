import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type TransportKind, transportKinds } from '../../src/chat/model';
import { TransportPolicy } from '../../src/relay/policy';

const kind = fc.constantFrom(...transportKinds);
const steps = (most: number) => fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: most });

function take(policy: TransportPolicy, step: number, now = 0): void {
  if (step === 0) policy.startFailed('transport');
  else if (step === 1) policy.startFailed('unreachable');
  else if (step === 2) policy.connected(now);
  else if (step === 3) policy.lost('silent', now);
  else if (step === 4) policy.probeFailed();
  else if (policy.current !== 'webSockets') policy.moveUp('webSockets');
}

test('whatever works is found without waiting, from wherever it begins', () => {
  fc.assert(
    fc.property(fc.option(kind), fc.subarray([...transportKinds]), (remembered, works) => {
      const policy = new TransportPolicy(null, remembered);
      for (let tries = 1; !works.includes(policy.current); tries++) {
        const atOnce = policy.startFailed('transport');
        expect(atOnce).toBe(tries < 3);
        if (!atOnce) return works.length === 0;
      }
      return true;
    }),
  );
});

test('an unreachable server leaves the choice where it was', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 20 }), (transportFirst) => {
      const policy = new TransportPolicy(null, null);
      policy.connected(0);
      for (const first of transportFirst) {
        if (first) policy.startFailed('transport');
        expect(policy.startFailed('unreachable')).toBe(false);
        expect(policy.current).toBe('webSockets');
      }
    }),
  );
});

test('a forced transport is never left', () => {
  fc.assert(
    fc.property(kind, steps(30), (forced, all) => {
      const policy = new TransportPolicy(forced, 'longPolling');
      for (const step of all.filter((s) => s < 5)) take(policy, step);
      return policy.current === forced && policy.probeAfter === null;
    }),
  );
});

test('on a lower transport there is always a probe ahead, and on the best there is none', () => {
  fc.assert(
    fc.property(steps(60), (all) => {
      const policy = new TransportPolicy(null, null);
      for (const step of all) {
        take(policy, step);
        expect(policy.probeAfter !== null).toBe(policy.current !== 'webSockets');
        expect(policy.probeAfter ?? 0).toBeLessThanOrEqual(60_000 * 16);
        expect(policy.better).toEqual(transportKinds.slice(0, transportKinds.indexOf(policy.current)));
      }
    }),
  );
});

test.each<[number, number, TransportKind]>([
  [1, 100, 'serverSentEvents'],
  [1, 121, 'webSockets'],
  [20, 100, 'webSockets'],
])('two losses after %i s, %i s apart, lead to %s', (life, between, expected) => {
  const policy = new TransportPolicy(null, null);
  for (const begin of [0, between * 1000]) {
    policy.connected(begin);
    policy.lost('closed', begin + life * 1000);
  }
  expect(policy.current).toBe(expected);
});

test('silence counts however long the connection had lived', () => {
  const policy = new TransportPolicy(null, null);
  policy.connected(0);
  policy.lost('silent', 3_600_000);
  policy.connected(3_600_000);
  policy.lost('silent', 3_615_000);
  expect(policy.current).toBe('serverSentEvents');
});

test('a server that died between two quick losses excuses the transport', () => {
  const policy = new TransportPolicy(null, null);
  policy.connected(0);
  policy.lost('closed', 1_000);
  policy.startFailed('unreachable');
  policy.connected(2_000);
  policy.lost('closed', 3_000);
  expect(policy.current).toBe('webSockets');
});

test('a transport that passes probes and fails again is probed less and less often', () => {
  const policy = new TransportPolicy(null, null);
  const waits = Array.from({ length: 8 }, () => {
    policy.connected(0);
    policy.lost('silent', 0);
    policy.lost('silent', 0);
    const wait = (policy.probeAfter ?? 0) / 1000;
    policy.connected(0);
    policy.moveUp('webSockets');
    return wait;
  });
  expect(waits).toEqual([60, 120, 240, 480, 480, 480, 480, 480]);
});
