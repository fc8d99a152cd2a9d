import { fold } from '../names';

/**
 * How well a query fits a text, both compared as the server compares names: the letters of the query in their order, better
 * where they begin words and stand together. null: not at all; greater is better.
 */
export function score(query: string, text: string): number | null {
  const wanted = [...fold(query)].filter((letter) => letter.trim() !== '');
  const letters = [...fold(text)];
  let total = 0;
  let from = 0;
  let before = -2;
  for (const letter of wanted) {
    const at = best(letters, letter, from, before);
    if (at < 0) return null;
    if (at === before + 1) total += 4;
    if (isWordStart(letters, at)) total += 6;
    total -= Math.min(3, at - from);
    before = at;
    from = at + 1;
  }
  return total - letters.length / 100;
}

// The next letter if it is the one, else one that begins a word, else the first there is.
function best(letters: readonly string[], letter: string, from: number, before: number): number {
  if (letters[before + 1] === letter && before >= 0) return before + 1;
  const first = letters.indexOf(letter, from);
  for (let at = first; at >= 0; at = letters.indexOf(letter, at + 1)) if (isWordStart(letters, at)) return at;
  return first;
}

const isWordStart = (letters: readonly string[], at: number): boolean =>
  at === 0 || !/[\p{L}\p{M}\p{N}]/u.test(letters[at - 1] ?? '');
