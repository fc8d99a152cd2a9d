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
    fc.property(fc.string({ unit: fc.constantFrom(...'ab 12.,-+=)(\n\t!?^$%漢😀/;\'"') }), (body) => {
      if (lex(body) !== null) return;
      const kinds = [...JSON.stringify(read(body)).matchAll(/"type":"(\w+)"/g)].map((m) => m[1]);
      expect(kinds.filter((kind) => !/^(paragraph|text|br|space)$/.test(kind ?? ''))).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
