import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lex, loadLexer } from '../../src/text/lex';
import { read } from '../../src/text/lexer';

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

// Each of these took a second of the page's time before there was a limit; ten times as long, minutes.
test.each([
  '**a*b '.repeat(27_300),
  '*_a '.repeat(40_000),
  '~~a~ '.repeat(32_700),
  '_a_b '.repeat(32_000),
  `\\\`${'*_a '.repeat(40_000)}\``,
])('what would take too long is shown as it was typed: %#', (body) => expect(read(body)).toBeNull());

test('whether a body needs the lexer is known soon', () => {
  expect(lex(`a${'\r'.repeat(300_000)}b`)).toBeNull();
});

test('much emphasis in many lines, and marks in code, are no reason to show it as it was typed', () => {
  expect(read('- **a** and *b*, ~~c~~\n\n'.repeat(200))).not.toBeNull();
  expect(read(`\`\`\`\n${'a_b * c_d;\n'.repeat(1_400)}\`\`\``)).not.toBeNull();
});
