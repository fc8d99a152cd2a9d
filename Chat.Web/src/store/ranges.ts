/** Which numbers of a room's log are stored: ascending, apart from each other, both ends included. Pure. */
export type Range = readonly [from: number, to: number];

/** The ranges with these numbers added. */
export function addRange(ranges: readonly Range[], from: number, to: number): Range[] {
  const before = ranges.filter((r) => r[1] < from - 1);
  const after = ranges.filter((r) => r[0] > to + 1);
  const touched = ranges.slice(before.length, ranges.length - after.length);
  const first = touched[0]?.[0] ?? from;
  const last = touched.at(-1)?.[1] ?? to;
  return [...before, [Math.min(from, first), Math.max(to, last)], ...after];
}

/** The range that this number is in. */
export const rangeAt = (ranges: readonly Range[], seq: number): Range | null =>
  ranges.find(([from, to]) => from <= seq && seq <= to) ?? null;

/** Without the oldest numbers, so that at most `most` are left; `from` is the first number that stays. */
export function trimRanges(ranges: readonly Range[], most: number): { ranges: Range[]; from: number } {
  const kept: Range[] = [];
  let room = most;
  for (const [from, to] of ranges.toReversed()) {
    if (room <= 0) break;
    const first = Math.max(from, to - room + 1);
    kept.unshift([first, to]);
    room -= to - first + 1;
  }
  return { ranges: kept, from: kept[0]?.[0] ?? Number.POSITIVE_INFINITY };
}

export const countRanges = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);

/** Ascending numbers as ranges. */
export function rangesOf(numbers: readonly number[]): Range[] {
  return numbers.reduce<Range[]>((all, seq) => addRange(all, seq, seq), []);
}
