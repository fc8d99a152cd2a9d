/**
 * Running text, or the paragraph of a list's item that has no blank lines; then with tokens in it. `raw` is what was
 * typed, of every token.
 */
export interface Text {
  readonly type: 'text';
  readonly raw: string;
  readonly tokens?: readonly Token[];
}

/** A token whose text differs from the typed one. */
export interface Code {
  readonly type: 'code' | 'codespan' | 'escape';
  readonly raw: string;
  readonly text: string;
  /** The word behind the fence of a block. */
  readonly lang?: string;
}

export interface Link {
  readonly type: 'link' | 'image';
  readonly raw: string;
  readonly href: string;
  /** The text to show, as it was typed. */
  readonly text: string;
  readonly tokens: readonly Token[];
}

export interface Inside {
  readonly type: 'paragraph' | 'heading' | 'blockquote' | 'strong' | 'em' | 'del';
  readonly raw: string;
  readonly tokens: readonly Token[];
}

export interface Empty {
  readonly type: 'space' | 'hr' | 'br';
  readonly raw: string;
}

export interface Item {
  readonly type: 'list_item';
  readonly raw: string;
  readonly task: boolean;
  readonly checked: boolean;
  readonly tokens: readonly Token[];
}

export interface List {
  readonly type: 'list';
  readonly raw: string;
  readonly ordered: boolean;
  readonly start: number;
  readonly items: readonly Item[];
}

export interface Cell {
  readonly tokens: readonly Token[];
}

export interface Table {
  readonly type: 'table';
  readonly raw: string;
  readonly header: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
}

export type Token = Text | Code | Link | Inside | Empty | Item | List | Table;

/** A block of code is a frame with a button and a label. */
const codeBlock = 6;

/** Tokens in the tree, as many as they weigh on the page. */
export function count(tokens: readonly Token[]): number {
  let n = 0;
  const rest: (readonly Token[])[] = [tokens];
  for (let level = rest.pop(); level; level = rest.pop()) {
    n += level.length;
    for (const token of level) {
      if (token.type === 'code') n += codeBlock - 1;
      else rest.push(inside(token));
    }
  }
  return n;
}

/** The tokens directly inside one. */
export function inside(token: Token): readonly Token[] {
  if (token.type === 'list') return token.items;
  if (token.type === 'table') return [token.header, ...token.rows].flat().flatMap((cell) => cell.tokens);
  return 'tokens' in token ? (token.tokens ?? []) : [];
}
