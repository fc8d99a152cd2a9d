import type { ComponentChildren, VNode } from 'preact';
import { CodeBlock } from './CodeBlock';
import { codes, loadCodes } from './emoji';
import { Link } from './Link';
import { lex } from './lex';
import { mentionedName, mentionPattern } from './mentions';
import type { List, Table, Token } from './tokens';

/** Deeper than this is shown as it was typed. */
const maxDepth = 20;

/**
 * A message body as elements: only these, built here, never from a string of HTML. What is not understood is shown as typed.
 * `me` is my name, whose mentions stand out.
 */
export function Markdown({ body, me }: { body: string; me: string | null }): VNode {
  const tokens = lex(body);
  if (!tokens) return <AsTyped text={body} />;
  return <>{tokens.map((token) => block(token, me, 1))}</>;
}

const AsTyped = ({ text }: { text: string }) => (
  <p class="typed" dir="auto">
    {text}
  </p>
);

function block(token: Token, me: string | null, depth: number): ComponentChildren {
  if (depth > maxDepth) return <AsTyped text={token.raw} />;
  switch (token.type) {
    case 'space':
      return null;
    case 'paragraph':
      return <p dir="auto">{inline(token.tokens, me, depth)}</p>;
    case 'heading':
      return (
        <p dir="auto">
          <strong>{inline(token.tokens, me, depth)}</strong>
        </p>
      );
    case 'code':
      return <CodeBlock text={token.text} language={token.lang ?? ''} />;
    case 'blockquote':
      return <blockquote dir="auto">{blocks(token.tokens, me, depth)}</blockquote>;
    case 'list':
      return list(token, me, depth);
    case 'hr':
      return <hr />;
    case 'table':
      return table(token, me, depth);
    case 'text':
      return token.tokens ? inline(token.tokens, me, depth) : words(token.raw, me);
    default:
      return <AsTyped text={token.raw} />;
  }
}

const blocks = (tokens: readonly Token[] | undefined, me: string | null, depth: number) =>
  (tokens ?? []).map((token) => block(token, me, depth + 1));

function list(token: List, me: string | null, depth: number): VNode {
  const items = token.items.map((item) => (
    <li dir="auto">
      {item.task && (item.checked ? '☑ ' : '☐ ')}
      {blocks(item.tokens, me, depth)}
    </li>
  ));
  return token.ordered ? <ol start={token.start}>{items}</ol> : <ul>{items}</ul>;
}

function table(token: Table, me: string | null, depth: number): VNode {
  return (
    <table>
      <thead>
        <tr>
          {token.header.map((cell) => (
            <th dir="auto">{inline(cell.tokens, me, depth)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {token.rows.map((row) => (
          <tr>
            {row.map((cell) => (
              <td dir="auto">{inline(cell.tokens, me, depth)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function inline(tokens: readonly Token[] | undefined, me: string | null, depth: number): ComponentChildren {
  return (tokens ?? []).map((token) => span(token, me, depth + 1));
}

function span(token: Token, me: string | null, depth: number): ComponentChildren {
  if (depth > maxDepth) return token.raw;
  switch (token.type) {
    case 'strong':
      return <strong>{inline(token.tokens, me, depth)}</strong>;
    case 'em':
      return <em>{inline(token.tokens, me, depth)}</em>;
    case 'del':
      return <del>{inline(token.tokens, me, depth)}</del>;
    case 'codespan':
      return <code>{token.text}</code>;
    case 'br':
      return <br />;
    case 'escape':
      return token.text;
    case 'link':
    case 'image': // nothing is fetched from elsewhere
      return <Link token={token}>{inline(token.tokens, me, depth)}</Link>;
    case 'text':
      return words(token.raw, me);
    default:
      return token.raw;
  }
}

const special = new RegExp(`${mentionPattern.source}|:([a-z0-9_+-]{1,64}):`, 'gu');

/** Running text, with mentions and `:codes:` in it. */
function words(text: string, me: string | null): ComponentChildren {
  if (!/[@:]/.test(text)) return text;
  const parts: ComponentChildren[] = [];
  let done = 0;
  for (const match of text.matchAll(special)) {
    const [whole, word, code] = match;
    const found = word === undefined ? emoji(whole, code ?? '') : mention(word, me);
    if (!found) continue;
    parts.push(text.slice(done, match.index), found.shown);
    done = match.index + found.length;
  }
  parts.push(text.slice(done));
  return parts;
}

interface Found {
  readonly shown: ComponentChildren;
  /** UTF-16 units of the text that it stands for. */
  readonly length: number;
}

function mention(word: string, me: string | null): Found {
  const { name, isMe } = mentionedName(word, me);
  return { shown: <span class={isMe ? 'mention me' : 'mention'}>@{name}</span>, length: name.length + 1 };
}

function emoji(whole: string, code: string): Found | null {
  if (!codes.value) void loadCodes();
  const known = codes.value?.get(code);
  return known ? { shown: known, length: whole.length } : null;
}
