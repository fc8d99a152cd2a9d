import { Lexer, type Token, Tokenizer } from 'marked';
import { count } from './tokens';

/** Markdown as chat means it: what has no meaning here stays text, so that nothing typed disappears. */
class ChatTokenizer extends Tokenizer {
  // HTML is text. Reference definitions would vanish; indentation and a line of dashes below a line are just how people type.
  override html() {
    return undefined;
  }
  override tag() {
    return undefined;
  }
  override def() {
    return undefined;
  }
  override code() {
    return undefined;
  }
  override lheading() {
    return undefined;
  }

  // In Chinese no space follows a URL; its punctuation ends it.
  override url(src: string) {
    const end = src.search(/[\s\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65“”‘’…]/);
    return super.url(end < 0 ? src : src.slice(0, end));
  }
}

/** Above this a message is shown as plain text: building elements for a hostile one would freeze the page. */
const maxTokens = 5_000;

/** The tokens of a body, or null: too deeply nested or too many, show it as it is. Never throws. */
export function read(body: string): readonly Token[] | null {
  try {
    const tokens = new Lexer({ gfm: true, breaks: true, tokenizer: new ChatTokenizer() }).lex(body);
    return count(tokens) > maxTokens ? null : tokens;
  } catch {
    return null; // ten thousand `>`: the lexer's recursion has no limit of its own
  }
}
