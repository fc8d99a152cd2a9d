import type { Steps } from './steps';

/** More parentheses inside each other are no address, and a search that goes on for each of them would not end soon. */
const deepest = 32;

export interface Destination {
  readonly href: string;
  readonly end: number;
}

/** `(address)` or `(address "title")` at this place. */
export function destinationAt(text: string, at: number, steps: Steps): Destination | null {
  if (text[at] !== '(') return null;
  let i = blanks(text, at + 1, steps);
  const found = text[i] === '<' ? inAngles(text, i, steps) : bare(text, i, steps);
  if (!found) return null;
  i = blanks(text, found.end, steps);
  if (i > found.end && /["'(]/.test(text[i] ?? '')) {
    const close = text[i] === '(' ? ')' : (text[i] ?? '');
    const end = endOfTitle(text, i + 1, close, steps);
    if (end < 0) return null;
    i = blanks(text, end + 1, steps);
  }
  return text[i] === ')' ? { href: found.href, end: i + 1 } : null;
}

function blanks(text: string, at: number, steps: Steps): number {
  let i = at;
  while (i < text.length && i - at < 100 && /\s/.test(text[i] ?? '')) i++;
  steps.take(i - at + 1);
  return i;
}

function inAngles(text: string, at: number, steps: Steps): Destination | null {
  let i = at + 1;
  while (i < text.length && !/[<>\n]/.test(text[i] ?? '')) i++;
  steps.take(i - at);
  return text[i] === '>' ? { href: text.slice(at + 1, i), end: i + 1 } : null;
}

function bare(text: string, at: number, steps: Steps): Destination | null {
  let depth = 0;
  let i = at;
  for (; i < text.length; i++) {
    const c = text[i] ?? '';
    if (c === '\\' && /[!-/:-@[-`{-~]/.test(text[i + 1] ?? '')) i++;
    else if (c === '(' && ++depth > deepest) break;
    else if ((c === ')' && depth-- === 0) || c <= ' ' || c === '\u007f') break;
  }
  steps.take(i - at + 1);
  return depth > 0
    ? null
    : { href: text.slice(at, i).replace(/\\([!-/:-@[-`{-~])/g, '$1'), end: Math.min(i, text.length) };
}

/** A title holds none of the marks that begin one of its kind, so a search never passes the beginning of the next. */
function endOfTitle(text: string, at: number, close: string, steps: Steps): number {
  let i = at;
  while (i < text.length && text[i] !== close && text[i] !== '[' && !(close === ')' && text[i] === '('))
    i += text[i] === '\\' ? 2 : 1;
  steps.take(i - at + 1);
  return text[i] === close ? i : -1;
}
