import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lex, loadLexer } from '../../src/text/lex';
import { read } from '../../src/text/lexer';
import { Steps } from '../../src/text/steps';
import { count } from '../../src/text/tokens';
import { hostile } from './hostile';

test('a body is shown as it was typed until the lexer is there, and by its tokens from then on', async () => {
  expect(lex('**bold**')).toBeNull();
  await loadLexer();
  expect(lex('**bold**')).not.toBeNull();
});

test('what needs no lexer means nothing to it', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab 12.,-+=)(\n\r\t!?^$%漢😀/;\'"') }), (body) => {
      if (lex(body) !== null) return;
      const kinds = [...JSON.stringify(read(body)).matchAll(/"type":"(\w+)"/g)].map((m) => m[1]);
      expect(kinds.filter((kind) => !/^(paragraph|text|br|space)$/.test(kind ?? ''))).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  '**a*b '.repeat(27_300),
  '*_a '.repeat(40_000),
  '~~a~ '.repeat(32_700),
  '_a_b '.repeat(32_000),
  '**a** '.repeat(20_000),
])('what would fill the page with elements is shown as it was typed: %#', (body) => {
  expect(count(read(body) ?? [])).toBeLessThanOrEqual(5_000);
});

test('whether a body needs the lexer is known soon', () => {
  expect(lex(`a${'\r'.repeat(300_000)}b`)).toBeNull();
});

test('much emphasis in many lines, and marks in code, are no reason to show it as it was typed', () => {
  expect(read('- **a** and *b*, ~~c~~\n\n'.repeat(200))).not.toBeNull();
  expect(read(`\`\`\`\n${'a_b * c_d;\n'.repeat(1_400)}\`\`\``)).not.toBeNull();
});

/** Steps for each character of a body. */
function cost(body: string): number {
  const steps = new Steps();
  read(body, steps);
  return steps.count / (body.length + 1);
}

/**
 * Each level of quotes and lists looks at its lines again, and parentheses in addresses at those inside; both have a
 * bound.
 */
const mostSteps = 150;

test.each(Object.entries(hostile))('hostile %s costs a bounded number of steps for each character', (_, body) => {
  expect(cost(body)).toBeLessThan(mostSteps);
});

test('a star and 16 KB of exclamation marks cost as little as any other text', () => {
  expect(cost(`*${'!'.repeat(16_383)}`)).toBeLessThan(10);
});

/** A beginning, a repeated piece and an end: input that makes quadratic algorithms slow. */
const piece = fc
  .array(
    fc.constantFrom(
      ...'*_~`[]()<>!#-+|\\:@&"\'. \n\ta1'.split(''),
      '**',
      '~~',
      '](',
      '](<',
      '> ',
      '- ',
      '1. ',
      'http://',
      'www.',
      '<http://',
      'a@b.c',
      '```',
      '|-',
      '\n\n',
      '漢',
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(''));

test('twice the text costs twice the steps, whatever is repeated', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(piece, piece, piece, fc.constantFrom('', ' ', '\n'), (begin, again, end, between) => {
      const body = (times: number) => begin + (again + between).repeat(times) + end;
      const [small, large] = [cost(body(400)), cost(body(3_200))];
      expect(large).toBeLessThan(mostSteps);
      expect(large).toBeLessThan(small * 2 + 4);
    }),
    { numRuns: 150, examples: [['', '*_~~', '', ' ']] },
  );
});

test('two pieces after each other, each many times, cost no more', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(piece, piece, piece, (first, second, third) => {
      expect(cost(first.repeat(1_200) + second.repeat(1_200) + third.repeat(1_200))).toBeLessThan(mostSteps);
    }),
    { numRuns: 100 },
  );
});
