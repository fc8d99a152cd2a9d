import { signal } from '@preact/signals';
import type { Token } from './tokens';

const reader = signal<typeof import('./lexer').read | null>(null);
let fetching: Promise<void> | null = null;

/** What may mean something: marks, mentions, codes, lists, blank lines, addresses. All else is the same with Markdown and without. */
const marks = /[*_`~[\]<>#|\\@:&]|\n\s*\n|^[ \t]*([-+]+|\d+[.)])(\s|$)|www\./m;
const cacheSize = 1_000;
const cache = new Map<string, readonly Token[] | null>();

/**
 * The tokens of a body, or null: show it as it was typed, because it is plain, or too much, or because the lexer is still on its way. It
 * is fetched when the first body needs it; components that read it here are rendered again then. Never throws. The newest results
 * are kept.
 */
export function lex(body: string): readonly Token[] | null {
  if (!marks.test(body)) return null;
  const read = reader.value;
  if (!read) {
    void loadLexer();
    return null;
  }
  const known = cache.get(body);
  if (known !== undefined) {
    cache.delete(body);
    cache.set(body, known);
    return known;
  }
  const tokens = read(body);
  cache.set(body, tokens);
  if (cache.size > cacheSize) cache.delete(cache.keys().next().value as string);
  return tokens;
}

/** Fetches the lexer. Never rejects: without the network the next body tries again. */
export function loadLexer(): Promise<void> {
  fetching ??= import('./lexer').then(
    ({ read }) => {
      reader.value = read;
    },
    () => {
      fetching = null;
    },
  );
  return fetching;
}
