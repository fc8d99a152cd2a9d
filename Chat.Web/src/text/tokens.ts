import type { Token } from 'marked';

/** A block of code is a frame with a button and a label. */
const codeBlock = 6;

/** Tokens in the tree, as many as they weigh on the page. */
export function count(tokens: readonly Token[]): number {
  let n = tokens.length;
  for (const token of tokens) n += token.type === 'code' ? codeBlock : count(inside(token));
  return n;
}

/** The tokens directly inside one. */
export function inside(token: Token): readonly Token[] {
  if (token.type === 'list') return token.items as Token[];
  if (token.type === 'table')
    return ([token.header, ...token.rows] as { tokens: Token[] }[][]).flat().flatMap((c) => c.tokens);
  return 'tokens' in token ? (token.tokens ?? []) : [];
}
