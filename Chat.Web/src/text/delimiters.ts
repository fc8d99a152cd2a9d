import type { Steps } from './steps';
import type { Token } from './tokens';

/**
 * A piece of running text on its way to tokens: a token that is done, text, or marks that may turn out to be emphasis.
 * In a list, to be cut out of it.
 */
export interface Piece {
  start: number;
  end: number;
  token: Token | null;
  marks: Marks | null;
  prev: Piece | null;
  next: Piece | null;
}

/** A run of `*`, `_` or `~`, and the runs beside it that are not yet decided. */
export interface Marks {
  readonly mark: string;
  /** Of the run as it was typed: the rule of three asks for it (CommonMark, emphasis, 9 and 10). */
  readonly length: number;
  readonly opens: boolean;
  readonly closes: boolean;
  readonly piece: Piece;
  before: Marks | null;
  after: Marks | null;
}

const isBlank = (c: string): boolean => c === '' || /\s/.test(c);

const isSign = (c: string): boolean => (c < '\u0080' ? /[!-/:-@[-`{-~]/.test(c) : /[\p{P}\p{S}]/u.test(c));

/** Whether a run opens or closes, by what stands beside it (CommonMark, left- and right-flanking). */
export function flanks(mark: string, before: string, after: string): { opens: boolean; closes: boolean } {
  const [blankBefore, blankAfter] = [isBlank(before), isBlank(after)];
  const [signBefore, signAfter] = [isSign(before), isSign(after)];
  const left = !blankAfter && (!signAfter || blankBefore || signBefore);
  const right = !blankBefore && (!signBefore || blankAfter || signAfter);
  if (mark !== '_') return { opens: left, closes: right };
  return { opens: left && (!right || signBefore), closes: right && (!left || signAfter) };
}

/**
 * Decides the runs after `bottom`, up to `last`: CommonMark's own algorithm. For each kind of closing run it remembers
 * how far back no opening one was found, so that nothing is searched twice. `build` makes the token of what lies
 * between two runs.
 */
export function decide(bottom: Marks | null, last: Marks | null, steps: Steps, build: Build): void {
  const bottoms = new Map<string, number>();
  if (last === bottom) return;
  let closer = last;
  while (closer && closer.before !== bottom) closer = closer.before;
  while (closer) {
    steps.take();
    if (!closer.closes) {
      closer = closer.after;
      continue;
    }
    const kind = `${closer.mark}${closer.opens}${closer.length % 3}`;
    // A place and not a run, which may be gone by now.
    const floor = bottoms.get(kind) ?? -1;
    let opener = closer.before;
    while (opener && opener !== bottom && opener.piece.start > floor && !fits(opener, closer)) {
      steps.take();
      opener = opener.before;
    }
    if (!opener || opener === bottom || opener.piece.start <= floor) {
      bottoms.set(kind, closer.before?.piece.start ?? -1);
      const undecided: Marks = closer;
      closer = closer.after;
      if (!undecided.opens) drop(undecided);
      continue;
    }
    const used = Math.min(2, size(opener), size(closer));
    opener.after = closer;
    closer.before = opener;
    opener.piece.end -= used;
    closer.piece.start += used;
    build(opener.piece, closer.piece, opener.mark === '~' ? 'del' : used === 2 ? 'strong' : 'em');
    if (size(opener) === 0) drop(opener);
    if (size(closer) === 0) {
      const decided: Marks = closer;
      closer = closer.after;
      drop(decided);
    }
  }
}

export type Build = (opener: Piece, closer: Piece, type: 'strong' | 'em' | 'del') => void;

const size = (marks: Marks): number => marks.piece.end - marks.piece.start;

function fits(opener: Marks, closer: Marks): boolean {
  if (opener.mark !== closer.mark || !opener.opens) return false;
  if (opener.mark === '~') return true; // there are only pairs
  const both = closer.opens || opener.closes;
  return !(both && closer.length % 3 !== 0 && (opener.length + closer.length) % 3 === 0);
}

function drop(marks: Marks): void {
  if (marks.before) marks.before.after = marks.after;
  if (marks.after) marks.after.before = marks.before;
}
