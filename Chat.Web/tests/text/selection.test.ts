import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { insert, wrap } from '../../src/text/selection';

describe('wrapping a selection', () => {
  test('puts marks around it and keeps it selected', () => {
    expect(wrap({ text: 'a b c', start: 2, end: 3 }, '**')).toEqual({ text: 'a **b** c', start: 4, end: 5 });
  });
  test('puts the caret between the marks when nothing is selected', () => {
    expect(wrap({ text: '', start: 0, end: 0 }, '`')).toEqual({ text: '``', start: 1, end: 1 });
  });
  test('italics inside bold do not take the bold away', () => {
    expect(wrap({ text: '**b**', start: 2, end: 3 }, '*').text).toBe('***b***');
    expect(wrap({ text: '***b***', start: 3, end: 4 }, '*').text).toBe('**b**');
  });
  test('doing it twice changes nothing', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z ]*$/),
        fc.nat(),
        fc.nat(),
        fc.constantFrom('**', '*', '`'),
        (text, a, b, mark) => {
          const [start, end] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y) as [number, number];
          expect(wrap(wrap({ text, start, end }, mark), mark)).toEqual({ text, start, end });
        },
      ),
    );
  });
  test('inserting replaces what is selected', () => {
    expect(insert({ text: 'a b c', start: 2, end: 3 }, 'XY')).toEqual({ text: 'a XY c', start: 4, end: 4 });
  });
});
