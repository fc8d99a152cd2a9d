import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Item } from '../../../src/chat/model';
import { rows } from '../../../src/ui/conversation/rows';
import { steps } from '../../../src/ui/conversation/steps';
import { message, notice } from '../items';

const [ann, jo] = [
  { id: 'ann', name: 'Ann' },
  { id: 'jo', name: 'Jo' },
];
const noon = new Date(2026, 4, 5, 12).getTime();
const minute = 60_000;
const view = { me: 'jo', readUpTo: null, seenUpTo: 0 };
const flags = (items: Item[], v = view as Parameters<typeof rows>[1]) =>
  rows(items, v).map((r) =>
    [r.day !== null && 'day', r.fresh && 'fresh', r.first && 'first', r.seen && 'seen'].filter(Boolean).join(' '),
  );

describe('rows', () => {
  test('messages of one sender within five minutes stand together', () => {
    const at = (m: number) => noon + m * minute;
    expect(
      flags([
        message(1, ann, 'a', at(0)),
        message(2, ann, 'b', at(4.9)),
        message(3, ann, 'c', at(10)),
        message(4, jo, 'd', at(10)),
      ]),
    ).toEqual(['day first', '', 'first', 'first']);
  });
  test('a reply, an action, and what follows a notice begin anew', () => {
    const items = [
      message(1, ann, 'a', noon),
      message(2, ann, 'b', noon, { replyTo: 1 }),
      message(3, ann, '/me waves', noon),
      message(4, ann, 'c', noon),
      notice(5, 'join', jo, noon),
      message(6, ann, 'd', noon),
    ];
    expect(flags(items)).toEqual(['day first', 'first', 'first', 'first', 'first', 'first']);
  });
  test('each day has its line', () => {
    const midnight = new Date(2026, 4, 6).getTime();
    expect(flags([message(1, ann, 'a', midnight - 1), message(2, ann, 'b', midnight)])).toEqual([
      'day first',
      'day first',
    ]);
  });
  test('the line for new ones stands above the first unread one of somebody else', () => {
    const items = [
      message(5, ann, 'a', noon),
      message(6, jo, 'mine', noon),
      message(7, ann, 'b', noon),
      message(8, ann, 'c', noon),
    ];
    expect(flags(items, { ...view, readUpTo: 5 })).toEqual(['day first', 'first', 'fresh first', '']);
    expect(flags(items, { ...view, readUpTo: 8 }).join()).not.toContain('fresh');
  });
  test('there is no such line while the first unread one may be further up', () => {
    expect(flags([message(50, ann, 'a', noon)], { ...view, readUpTo: 5 }).join()).not.toContain('fresh');
    expect(flags([message(50, ann, 'a', noon)], { ...view, readUpTo: 49 }).join()).toContain('fresh');
  });
  test('“seen” stands under my newest message that was read', () => {
    const items = [
      message(1, jo, 'a', noon),
      message(2, jo, 'b', noon),
      message(3, ann, 'c', noon),
      message(4, jo, 'd', noon),
    ];
    expect(flags(items, { ...view, seenUpTo: 3 })).toEqual(['day first', 'seen', 'first', 'first']);
  });
  test('a message of mine in the outbox follows my last one', () => {
    const entry = { roomId: 'r1', clientId: 'c', body: 'x', at: noon + 1, state: 'pending' } as const;
    expect(flags([message(1, jo, 'a', noon), { kind: 'outbox', key: 'c', entry }])).toEqual(['day first', '']);
  });
});

describe('the steps from one window to another', () => {
  const of = (from: number, to: number) =>
    rows(
      Array.from({ length: Math.max(0, to - from) }, (_, i) => message(from + i, ann, 'x', noon)),
      view,
    );
  const keys = (list: readonly { key: string }[]) => list.map((r) => r.key);

  test('end where they should, and each changes the start or the end only', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.nat(30), fc.nat(30), (a, b, c, d) => {
        const before = of(1 + Math.min(a, b), 1 + Math.max(a, b));
        const after = of(1 + Math.min(c, d), 1 + Math.max(c, d));
        const way = steps(before, after);
        const common = keys(before).some((k) => keys(after).includes(k));
        expect(way !== null).toBe(common);
        let now = keys(before);
        for (const { rows: next, shift } of way ?? []) {
          const to = keys(next);
          // With shift the ends agree, without the starts do: that is what the list goes by.
          const n = Math.min(now.length, to.length);
          if (shift) expect(to.slice(-n)).toEqual(now.slice(-n));
          else expect(to.slice(0, n)).toEqual(now.slice(0, n));
          now = to;
        }
        if (way) expect(now).toEqual(keys(after));
      }),
    );
  });
});
