import { blocks } from './blocks';
import { Steps } from './steps';
import { count, type Token } from './tokens';

/** Above this a message is shown as plain text: building elements for a hostile one would freeze the page. */
const maxTokens = 5_000;

/**
 * The tokens of a body, or null: too many, show it as it is. Markdown as chat means it: what has no meaning here (HTML,
 * indentation, references, lines of dashes below a line) stays text, so that nothing typed disappears. It costs a
 * bounded number of steps for each character, whatever the body. Never throws.
 */
export function read(body: string, steps = new Steps()): readonly Token[] | null {
  const tokens = blocks(body.split(/\r\n?|\n/), steps);
  return count(tokens) > maxTokens ? null : tokens;
}
