import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addRange, countRanges, type Range, rangeAt, trimRanges } from '../../src/store/ranges';

const pieces = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 10 })), { maxLength: 12 });
const all = (ranges: readonly Range[]) =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));

test('ranges hold exactly the numbers that were added, apart and ascending', () => {
  fc.assert(
    fc.property(pieces, (added) => {
      const numbers = new Set<number>();
      let ranges: Range[] = [];
      for (const [from, more] of added) {
        ranges = addRange(ranges, from, from + more);
        for (let n = from; n <= from + more; n++) numbers.add(n);
      }
      expect(all(ranges)).toEqual([...numbers].sort((a, b) => a - b));
      expect(countRanges(ranges)).toBe(numbers.size);
      for (const [i, [from]] of ranges.entries()) expect(from).toBeGreaterThan((ranges[i - 1]?.[1] ?? -1) + 1);
      for (let n = 0; n < 80; n++) expect(rangeAt(ranges, n) !== null).toBe(numbers.has(n));
    }),
  );
});

test('trimming keeps the newest numbers', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 0, max: 40 }), (added, most) => {
      const ranges = added.reduce<Range[]>((r, [from, more]) => addRange(r, from, from + more), []);
      const trimmed = trimRanges(ranges, most);
      expect(all(trimmed.ranges)).toEqual(most === 0 ? [] : all(ranges).slice(-most));
      if (trimmed.ranges.length > 0) expect(trimmed.from).toBe(all(trimmed.ranges)[0]);
    }),
  );
});
