import { inline } from './inline';
import type { Steps } from './steps';
import type { Cell, Token } from './tokens';

/**
 * A table that begins at a line, and where it ends; null if there is none. With `look` nothing but that is found out.
 */
export function tableAt(lines: readonly string[], at: number, steps: Steps, look = false): [Token, number] | null {
  const header = lines[at] ?? '';
  const ruler = lines[at + 1] ?? '';
  steps.take(ruler.length + 1);
  if (!header.includes('|') || !/^[ \t|:-]*$/.test(ruler) || !ruler.includes('-')) return null;
  const columns = split(header, steps);
  const rules = split(ruler, steps);
  if (columns.length !== rules.length || !rules.every((rule) => /^:?-+:?$/.test(rule))) return null;
  if (look) return [{ type: 'space', raw: '' }, at];
  let end = at + 2;
  const rows: Cell[][] = [];
  for (; end < lines.length && (lines[end] ?? '').includes('|'); end++)
    rows.push(
      split(lines[end] ?? '', steps)
        .slice(0, columns.length)
        .map((cell) => read(cell, steps)),
    );
  const raw = lines.slice(at, end).join('\n');
  return [{ type: 'table', raw, header: columns.map((cell) => read(cell, steps)), rows }, end];
}

const read = (cell: string, steps: Steps): Cell => ({ tokens: inline(cell, steps) });

/** The cells of a line; a bar behind a backslash is text. */
function split(line: string, steps: Steps): string[] {
  steps.take(line.length + 1);
  const cells: string[] = [];
  const text = line.trim();
  let begin = text[0] === '|' ? 1 : 0;
  for (let i = begin; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '|') {
      cells.push(text.slice(begin, i).trim());
      begin = i + 1;
    }
  }
  if (begin < text.length) cells.push(text.slice(begin).trim());
  return cells.map((cell) => cell.replaceAll('\\|', '|'));
}
