import { codes } from './emoji';
import { lex } from './lex';
import { inside, type Token } from './tokens';

/** A body in one line without marks: for labels, quotes and lists. At most `limit` UTF-16 units, with `…` if it was cut. */
export function plain(body: string, limit = 200): string {
  const tokens = lex(body);
  const whole = tokens ? words(tokens) : body;
  const head = whole.slice(0, limit * 8);
  const text = head.replace(/\s+/g, ' ').trim();
  const known = codes.value;
  const shown = known ? text.replace(/:([\w+-]+):/g, (whole, code: string) => known.get(code) ?? whole) : text;
  return shown.length > limit || head.length < whole.trimEnd().length
    ? `${shown.slice(0, limit).replace(/[\ud800-\udbff]$/, '')}…`
    : shown;
}

function words(tokens: readonly Token[]): string {
  let text = '';
  for (const token of tokens) {
    const children = inside(token);
    if (children.length > 0) text += words(children);
    else if (token.type === 'code' || token.type === 'codespan' || token.type === 'escape') text += token.text;
    else if (token.type === 'br' || token.type === 'hr') text += ' ';
    else text += token.raw;
    if (token.type !== 'text' && /^(paragraph|heading|code|blockquote|list_item|table|space)$/.test(token.type))
      text += ' ';
  }
  return text;
}
