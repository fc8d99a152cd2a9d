import { inline } from './inline';
import type { Steps } from './steps';
import { tableAt } from './table';
import type { Item, Token } from './tokens';

/** Deeper quotes and lists are shown as they were typed: each level looks at its lines again. */
const deepest = 20;

interface Marker {
  /** `-`, `+`, `*`, `.` or `)`: another one begins another list. */
  readonly kind: string;
  /** Null for bullets. */
  readonly number: number | null;
  /** Columns before the text of the item. */
  readonly indent: number;
  readonly empty: boolean;
}

/** The tokens of lines, each without its `\n`. */
export function blocks(lines: readonly string[], steps: Steps, depth = 1): Token[] {
  const tokens: Token[] = [];
  if (depth > deepest)
    return [{ type: 'paragraph', raw: lines.join('\n'), tokens: [{ type: 'text', raw: lines.join('\n') }] }];
  for (let at = 0; at < lines.length; ) {
    const [token, end] = blockAt(lines, at, steps, depth);
    tokens.push(token);
    at = end;
  }
  return tokens;
}

function blockAt(lines: readonly string[], at: number, steps: Steps, depth: number): [Token, number] {
  const line = lines[at] ?? '';
  steps.take(line.length + 1);
  const raw = (end: number) => lines.slice(at, end).join('\n');
  if (isBlank(line)) {
    let end = at + 1;
    while (end < lines.length && isBlank(lines[end] ?? '')) steps.take((lines[end++] ?? '').length + 1);
    return [{ type: 'space', raw: `${raw(end)}\n` }, end];
  }
  const fence = fenceOf(line);
  if (fence) {
    let end = at + 1;
    while (end < lines.length && !closes(lines[end] ?? '', fence.marks)) steps.take((lines[end++] ?? '').length + 1);
    const text = lines.slice(at + 1, end).join('\n');
    return [{ type: 'code', raw: raw(end + 1), text, lang: fence.lang }, Math.min(end + 1, lines.length)];
  }
  const heading = headingOf(line);
  if (heading !== null) return [{ type: 'heading', raw: line, tokens: inline(heading, steps) }, at + 1];
  if (isRule(line)) return [{ type: 'hr', raw: line }, at + 1];
  if (isQuote(line)) {
    let end = at;
    const inner: string[] = [];
    for (; end < lines.length && isQuote(lines[end] ?? ''); end++)
      inner.push((lines[end] ?? '').replace(/^ {0,3}> ?/, ''));
    return [{ type: 'blockquote', raw: raw(end), tokens: blocks(inner, steps, depth + 1) }, end];
  }
  const marker = markerOf(line);
  if (marker) return list(lines, at, marker, steps, depth);
  const table = tableAt(lines, at, steps);
  if (table) return table;
  let end = at + 1;
  while (end < lines.length && !interrupts(lines, end, steps)) end++;
  return [{ type: 'paragraph', raw: raw(end), tokens: inline(raw(end), steps) }, end];
}

function list(lines: readonly string[], begin: number, first: Marker, steps: Steps, depth: number): [Token, number] {
  const items: Item[] = [];
  let loose = false;
  let at = begin;
  for (let marker: Marker | null = first; marker && marker.kind === first.kind; marker = markerOf(lines[at] ?? '')) {
    if (isRule(lines[at] ?? '')) break;
    const own = [(lines[at] ?? '').slice(marker.indent)];
    let end = at + 1;
    let blank = 0;
    for (; end < lines.length; end++) {
      const line = lines[end] ?? '';
      steps.take(Math.min(line.length, marker.indent) + 1);
      if (isBlank(line)) {
        steps.take(line.length);
        blank++;
      } else if (indentOf(line, marker.indent) >= marker.indent) {
        if (blank > 0) loose = true;
        for (; blank > 0; blank--) own.push('');
        own.push(line.slice(marker.indent));
      } else {
        break;
      }
    }
    const more = end < lines.length && markerOf(lines[end] ?? '')?.kind === first.kind && !isRule(lines[end] ?? '');
    if (blank > 0 && more) loose = true;
    items.push(item(own, lines.slice(at, end - blank).join('\n'), steps, depth));
    at = more ? end : end - blank;
    if (!more) break;
  }
  const shown = loose ? items : items.map((it) => ({ ...it, tokens: it.tokens.map(tight) }));
  const raw = lines.slice(begin, at).join('\n');
  return [{ type: 'list', raw, ordered: first.number !== null, start: first.number ?? 1, items: shown }, at];
}

function item(own: string[], raw: string, steps: Steps, depth: number): Item {
  const box = /^\[([ xX])\](?: |$)/.exec(own[0] ?? '');
  if (box) own[0] = (own[0] ?? '').slice(box[0].length);
  return {
    type: 'list_item',
    raw,
    task: box !== null,
    checked: box !== null && box[1] !== ' ',
    tokens: blocks(own, steps, depth + 1),
  };
}

/** Between lines without blank ones the text of an item is no paragraph of its own. */
const tight = (token: Token): Token =>
  token.type === 'paragraph' ? { type: 'text', raw: token.raw, tokens: token.tokens } : token;

/** Whether a line ends the paragraph above it. */
function interrupts(lines: readonly string[], at: number, steps: Steps): boolean {
  const line = lines[at] ?? '';
  steps.take(line.length + 1);
  if (isPlain(line)) return line.includes('|') && tableAt(lines, at, steps, true) !== null;
  if (isBlank(line) || fenceOf(line) || headingOf(line) !== null || isRule(line) || isQuote(line)) return true;
  const marker = markerOf(line);
  if (marker && !marker.empty && (marker.number === null || marker.number === 1)) return true;
  return tableAt(lines, at, steps, true) !== null;
}

/** Begins with a letter, as most lines do: no block but a table does. */
const isPlain = (line: string): boolean => /^ {0,3}[a-z\u0080-\uffff]/i.test(line);

const isBlank = (line: string): boolean => !/\S/.test(line);

const isQuote = (line: string): boolean => /^ {0,3}>/.test(line);

/** How many columns of blanks a line begins with, counted up to a number of them. */
function indentOf(line: string, most: number): number {
  let n = 0;
  while (n < most && line[n] === ' ') n++;
  return n;
}

function isRule(line: string): boolean {
  const mark = /^ {0,3}([-*_])/.exec(line)?.[1];
  if (!mark) return false;
  let marks = 0;
  for (const c of line) {
    if (c === mark) marks++;
    else if (c !== ' ' && c !== '\t') return false;
  }
  return marks >= 3;
}

function fenceOf(line: string): { marks: string; lang: string } | null {
  const marks = /^ {0,3}(`{3,}|~{3,})/.exec(line);
  if (!marks?.[1]) return null;
  const lang = line.slice(marks[0].length).trim();
  return marks[1][0] === '`' && lang.includes('`') ? null : { marks: marks[1], lang };
}

function closes(line: string, marks: string): boolean {
  const fence = fenceOf(line);
  return fence !== null && fence.lang === '' && fence.marks.startsWith(marks);
}

function headingOf(line: string): string | null {
  const begin = /^ {0,3}#{1,6}(?=[ \t]|$)/.exec(line);
  if (!begin) return null;
  const text = line.slice(begin[0].length).trim();
  let end = text.length;
  while (text[end - 1] === '#') end--;
  return end === text.length ? text : end === 0 || text[end - 1] === ' ' ? text.slice(0, end).trimEnd() : text;
}

function markerOf(line: string): Marker | null {
  const found = /^( {0,3})([-+*]|(\d{1,9})([.)]))( {1,4}(?=\S)| +|\t|$)/.exec(line);
  if (!found) return null;
  const [whole, before = '', mark = '', number, dot, blanks = ''] = found;
  const empty = whole.length === line.length || !/\S/.test(line.slice(whole.length));
  const width = before.length + mark.length + (blanks.length >= 1 && blanks.length <= 4 && !empty ? blanks.length : 1);
  return { kind: dot ?? mark, number: number === undefined ? null : Number(number), indent: width, empty };
}
