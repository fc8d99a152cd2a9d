/** A text with what is selected in it, in UTF-16 units as a text field counts. */
export interface Selected {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Puts the mark on both sides of the selection, or takes it away if it is there already. The selection stays on the same words. */
export function wrap({ text, start, end }: Selected, mark: string): Selected {
  const n = mark.length;
  const before = text.slice(0, start);
  const chosen = text.slice(start, end);
  const after = text.slice(end);
  if (marked(before, mark, 'end') && marked(after, mark, 'start'))
    return { text: before.slice(0, -n) + chosen + after.slice(n), start: start - n, end: end - n };
  return { text: before + mark + chosen + mark + after, start: start + n, end: end + n };
}

/** `**` is not `*` twice: taking away italics must not break bold. */
function marked(text: string, mark: string, where: 'start' | 'end'): boolean {
  const char = mark[0] ?? '';
  const run =
    where === 'end'
      ? text.length - text.replace(new RegExp(`\\${char}+$`), '').length
      : (new RegExp(`^\\${char}*`).exec(text)?.[0].length ?? 0);
  return run === mark.length || (run === 3 && char === '*');
}

/** Puts a text in place of the selection, and the caret behind it. */
export function insert({ text, start, end }: Selected, what: string): Selected {
  const caret = start + what.length;
  return { text: text.slice(0, start) + what + text.slice(end), start: caret, end: caret };
}
