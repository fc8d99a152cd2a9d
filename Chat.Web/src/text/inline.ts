import { addressAt, mailAround } from './addresses';
import { decide, flanks, type Marks, type Piece } from './delimiters';
import { destinationAt } from './destination';
import type { Steps } from './steps';
import type { Token } from './tokens';

/** The tokens of running text. Looks at each character a bounded number of times, whatever it is. */
export const inline = (text: string, steps: Steps): readonly Token[] => new Inline(text, steps).read();

interface Bracket {
  readonly piece: Piece;
  readonly image: boolean;
  /** The newest run of marks before it. */
  readonly marks: Marks | null;
}

const special = /[\\`*_~[\]!<\n@:w]/gi;

class Inline {
  readonly #first: Piece = { start: 0, end: 0, token: null, marks: null, prev: null, next: null };
  readonly #ticks = new Map<number, number[]>();
  #last = this.#first;
  #marks: Marks | null = null;
  #brackets: Bracket[] = [];
  /** How far text is in pieces. */
  #done = 0;

  constructor(
    private readonly text: string,
    private readonly steps: Steps,
  ) {
    for (const run of text.matchAll(/`+/g)) {
      const ends = this.#ticks.get(run[0].length);
      if (ends) ends.push(run.index);
      else this.#ticks.set(run[0].length, [run.index]);
    }
    for (const ends of this.#ticks.values()) ends.reverse(); // the next one is the last
    steps.take(text.length);
  }

  read(): readonly Token[] {
    let at = 0;
    while (at < this.text.length) {
      special.lastIndex = at;
      const found = special.exec(this.text)?.index ?? this.text.length;
      this.steps.take(found - at + 1);
      if (found === this.text.length) break;
      at = this.#special(found);
    }
    this.#upTo(this.text.length);
    this.#decide(null);
    return this.#tokens(this.#first.next, null);
  }

  /** Reads what begins here; returns where to go on. */
  #special(at: number): number {
    const { text } = this;
    switch (text[at]) {
      case '\\':
        return /[!-/:-@[-`{-~]/.test(text[at + 1] ?? '')
          ? this.#add(at, at + 2, { type: 'escape', raw: text.slice(at, at + 2), text: text[at + 1] ?? '' })
          : at + 1;
      case '`':
        return this.#code(at);
      case '*':
      case '_':
      case '~':
        return this.#run(at);
      case '!':
        return text[at + 1] === '[' ? this.#open(at, 2) : at + 1;
      case '[':
        return this.#open(at, 1);
      case ']':
        return this.#close(at);
      case '\n':
        return this.#break(at);
      case '@': {
        const mail = mailAround(text, at, Math.max(this.#done, this.#last.end));
        this.steps.take(mail?.steps ?? 1);
        return mail?.end ? this.#link(mail.start, mail.end, `mailto:${text.slice(mail.start, mail.end)}`) : at + 1;
      }
      default: {
        const address = addressAt(text, at, this.#done, this.#brackets.length > 0, this.steps);
        if (!address) return at + 1;
        return this.#link(address.start, address.end, address.href, address.shown);
      }
    }
  }

  #code(at: number): number {
    let end = at;
    while (this.text[end] === '`') end++;
    this.steps.take(end - at);
    const length = end - at;
    const ends = this.#ticks.get(length) ?? [];
    while (ends.length > 0 && (ends.at(-1) ?? 0) < end) ends.pop();
    const close = ends.at(-1);
    if (close === undefined) return end;
    const inner = this.text.slice(end, close).replaceAll('\n', ' ');
    const text = /^ .* $/.test(inner) && /[^ ]/.test(inner) ? inner.slice(1, -1) : inner;
    this.steps.take(inner.length);
    return this.#add(at, close + length, { type: 'codespan', raw: this.text.slice(at, close + length), text });
  }

  #run(at: number): number {
    const mark = this.text[at] ?? '';
    let end = at;
    while (this.text[end] === mark) end++;
    this.steps.take(end - at);
    if (mark === '~' && end - at !== 2) return end; // from 25~30 degrees
    const before = at === 0 ? '' : String.fromCodePoint(this.#pointBefore(at));
    const after = end === this.text.length ? '' : String.fromCodePoint(this.text.codePointAt(end) ?? 0);
    this.#upTo(at);
    const piece = this.#push(at, end, null);
    const marks: Marks = {
      mark,
      length: end - at,
      ...flanks(mark, before, after),
      piece,
      before: this.#marks,
      after: null,
    };
    if (this.#marks) this.#marks.after = marks;
    piece.marks = marks;
    this.#marks = marks;
    return end;
  }

  #pointBefore(at: number): number {
    const low = this.text.charCodeAt(at - 1);
    return low >= 0xdc00 && low <= 0xdfff && at > 1 ? (this.text.codePointAt(at - 2) ?? low) : low;
  }

  #open(at: number, length: number): number {
    this.#upTo(at);
    const piece = this.#push(at, at + length, null);
    this.#brackets.push({ piece, image: length === 2, marks: this.#marks });
    return at + length;
  }

  #close(at: number): number {
    const opener = this.#brackets.pop();
    if (!opener) return at + 1;
    const to = destinationAt(this.text, at + 1, this.steps);
    if (!to) return at + 1;
    this.#upTo(at);
    this.#decide(opener.marks);
    const { piece } = opener;
    const shown = this.text.slice(piece.end, at);
    const tokens = this.#tokens(piece.next, null).map(unlinked);
    this.#cut(piece);
    this.#add(piece.start, to.end, {
      type: opener.image ? 'image' : 'link',
      raw: this.text.slice(piece.start, to.end),
      href: to.href,
      text: shown,
      tokens,
    });
    this.#brackets = []; // there is no link in a link
    return to.end;
  }

  /** Blanks at the end of a line mean nothing. */
  #break(at: number): number {
    let start = at;
    while (start > this.#done && this.text[start - 1] === ' ') start--;
    this.steps.take(at - start);
    return this.#add(start, at + 1, { type: 'br', raw: this.text.slice(start, at + 1) });
  }

  #link(start: number, end: number, href: string, shown = this.text.slice(start, end)): number {
    const tokens: Token[] = [{ type: 'text', raw: shown }];
    return this.#add(start, end, { type: 'link', raw: this.text.slice(start, end), href, text: shown, tokens });
  }

  #add(start: number, end: number, token: Token): number {
    this.#upTo(start);
    this.#push(start, end, token);
    return end;
  }

  /** Makes a piece of the text that is in none. */
  #upTo(at: number): void {
    if (at > this.#done) this.#push(this.#done, at, null);
  }

  #push(start: number, end: number, token: Token | null): Piece {
    const piece: Piece = { start, end, token, marks: null, prev: this.#last, next: null };
    this.#last.next = piece;
    this.#last = piece;
    this.#done = end;
    return piece;
  }

  /** Takes a piece and all after it away; text goes on where it began. */
  #cut(piece: Piece): void {
    this.#last = piece.prev ?? this.#first;
    this.#last.next = null;
    this.#done = piece.start;
  }

  #decide(bottom: Marks | null): void {
    decide(bottom, this.#marks, this.steps, (opener, closer, type) => {
      const [start, end] = [opener.end, closer.start];
      const token: Token = {
        type,
        raw: this.text.slice(start, end),
        tokens: this.#tokens(opener.next, closer),
      };
      const piece: Piece = { start, end, token, marks: null, prev: opener, next: closer };
      opener.next = piece;
      closer.prev = piece;
    });
    this.#marks = bottom;
    if (bottom) bottom.after = null;
  }

  /** From a piece up to another one; text that is side by side becomes one token. */
  #tokens(from: Piece | null, to: Piece | null): Token[] {
    const tokens: Token[] = [];
    let start = -1;
    let end = -1;
    const flush = () => {
      if (start >= 0 && end > start) tokens.push({ type: 'text', raw: this.text.slice(start, end) });
      start = -1;
    };
    for (let piece = from; piece && piece !== to; piece = piece.next) {
      this.steps.take();
      if (piece.token) {
        flush();
        tokens.push(piece.token);
      } else {
        if (start < 0) start = piece.start;
        end = piece.end;
      }
    }
    flush();
    return tokens;
  }
}

/** An address that stands in the text of a link is text. */
const unlinked = (token: Token): Token => (token.type === 'link' ? { type: 'text', raw: token.raw } : token);
