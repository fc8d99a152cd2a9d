import { foldName } from '../../text/mentions';

const together = 6;
const wordStart = 4;

/**
 * How well a query fits a text, both compared as the server compares names: the letters of the query in their order, better
 * where they stand together and begin words. null: not at all; greater is better.
 */
export function score(query: string, text: string): number | null {
  const letters = [...foldName(text)];
  const starts = letters.map((_, at) => at === 0 || !/[\p{L}\p{M}\p{N}]/u.test(letters[at - 1] ?? ''));
  // For each place in the text: the best that can be had with the last letter there; null before the first letter.
  let reached: readonly number[] | null = null;
  for (const letter of foldName(query).replace(/\s/g, '')) {
    const before: readonly number[] | null = reached;
    let farther: number = before ? -Infinity : 0;
    reached = letters.map((one, at): number => {
      const neighbour: number = before?.[at - 1] ?? -Infinity;
      farther = Math.max(farther, neighbour);
      return one === letter ? Math.max(farther, neighbour + together) + (starts[at] ? wordStart : 0) : -Infinity;
    });
  }
  const best = reached ? Math.max(-Infinity, ...reached) : 0;
  return best === -Infinity ? null : best - letters.length / 100;
}
