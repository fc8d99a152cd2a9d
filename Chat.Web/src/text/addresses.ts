import type { Steps } from './steps';

/**
 * The characters that end an address in running text: blanks, the beginning of HTML, and Chinese punctuation, since no
 * blank follows it.
 */
const stop = /[\s<\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65“”‘’…]/g;
/** The same and `]`, which ends the text of a link. */
const stopInBrackets = new RegExp(`${stop.source}|\\]`, 'g');
const scheme = /(?:https?|ftp):\/\//iy;
const www = /www\./iy;
const bracketed = /<((?:https?:\/\/|mailto:)[^\s<>]{1,2000})>/iy;
const localPart = /[A-Za-z0-9._+-]/;
const domain = /[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})){1,8}/y;

export interface Address {
  readonly start: number;
  readonly end: number;
  readonly href: string;
  /** The text to show, if it differs from the typed one. */
  readonly shown?: string;
}

/**
 * The address that has its `:`, `w` or `<` here. `from` is where running text begins that is in no token yet; in the
 * text of a link `]` ends an address.
 */
export function addressAt(text: string, at: number, from: number, inBrackets: boolean, steps: Steps): Address | null {
  if (text[at] === '<') {
    bracketed.lastIndex = at;
    const [whole, href] = bracketed.exec(text) ?? [];
    steps.take(whole?.length ?? 1);
    return whole && href ? { start: at, end: at + whole.length, href, shown: href } : null;
  }
  const start = text[at] === ':' ? beginOfScheme(text, at, from) : at;
  if (start < 0) return null;
  const isWww = text[at] !== ':';
  if (isWww && (!matches(www, text, at) || (at > 0 && /[\p{L}\p{N}_./@-]/u.test(text[at - 1] ?? '')))) return null;
  const stops = inBrackets ? stopInBrackets : stop;
  stops.lastIndex = start;
  const found = stops.exec(text)?.index ?? text.length;
  steps.take(found - start);
  const end = withoutTail(text, start, found);
  const typed = text.slice(start, end);
  const host = isWww ? typed.slice(4) : typed.slice(typed.indexOf('://') + 3);
  return host === '' ? null : { start, end, href: isWww ? `http://${typed}` : typed };
}

function beginOfScheme(text: string, colon: number, from: number): number {
  for (const length of [5, 4, 3]) {
    const start = colon - length;
    if (start >= from && matches(scheme, text, start) && scheme.lastIndex === colon + 3) return start;
  }
  return -1;
}

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** A mark that ends a sentence is no part of an address, nor is a parenthesis that was opened before the address. */
function withoutTail(text: string, start: number, end: number): number {
  let open = 0;
  for (let i = start; i < end; i++) open += text[i] === '(' ? 1 : text[i] === ')' ? -1 : 0;
  for (; end > start; end--) {
    const last = text[end - 1] ?? '';
    if (last === ')' && open < 0) open++;
    else if (!/[?!.,:;*_~'"]/.test(last)) break;
  }
  return end;
}

/** An e-mail address around this `@`; without `end` there is none. `steps` characters were looked at. */
export function mailAround(
  text: string,
  at: number,
  from: number,
): { start: number; end?: number; steps: number } | null {
  let start = at;
  while (start > from && at - start < 64 && localPart.test(text[start - 1] ?? '')) start--;
  domain.lastIndex = at + 1;
  const name = start < at ? domain.exec(text)?.[0] : undefined;
  const steps = at - start + (name?.length ?? 0) + 1;
  if (!name || /[-_@]/.test(text[at + 1 + name.length] ?? '') || /[\p{L}\p{N}/]/u.test(text[start - 1] ?? ''))
    return { start, steps };
  return { start, end: at + 1 + name.length, steps };
}
