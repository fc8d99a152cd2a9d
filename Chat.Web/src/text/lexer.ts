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

/**
 * The lexer looks for the end of an emphasis from each of its marks on, so its time grows with the square of their number in one run
 * of text. Above this sum of squares a message is shown as plain text.
 */
const maxSteps = 1_500 ** 2;

class ChatLexer extends Lexer {
  private steps = 0;

  override inlineTokens(src: string, tokens?: Token[]): Token[] {
    this.steps += (src.match(/[*_~]/g)?.length ?? 0) ** 2;
    if (this.steps > maxSteps) throw new RangeError('too many marks');
    return super.inlineTokens(src, tokens);
  }
}

/** Above this a message is shown as plain text: building elements for a hostile one would freeze the page. */
const maxTokens = 5_000;

/** The tokens of a body, or null: too deeply nested or too many, show it as it is. Never throws. */
export function read(body: string): readonly Token[] | null {
  try {
    const tokens = new ChatLexer({ gfm: true, breaks: true, tokenizer: new ChatTokenizer() }).lex(body);
    return count(tokens) > maxTokens ? null : tokens;
  } catch {
    return null; // also ten thousand `>`: the lexer's recursion has no limit of its own
  }
}
