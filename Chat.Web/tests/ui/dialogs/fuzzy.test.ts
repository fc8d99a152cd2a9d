import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { score } from '../../../src/ui/dialogs/fuzzy';

const best = (query: string, ...texts: string[]) =>
  texts.map((text) => ({ text, fit: score(query, text) })).sort((a, b) => (b.fit ?? -1e9) - (a.fit ?? -1e9))[0]?.text;

test('letters must come in their order', () => {
  expect(score('lby', 'Lobby')).not.toBeNull();
  expect(score('ybl', 'Lobby')).toBeNull();
  expect(score('lobbys', 'Lobby')).toBeNull();
});

test('the beginning beats the middle, whole words beat scattered letters', () => {
  expect(best('de', 'Gardening', 'Design')).toBe('Design');
  expect(best('rp', 'grape', 'Release Planning')).toBe('Release Planning');
  expect(best('lob', 'l-o-n-g-b', 'Lobby')).toBe('Lobby');
});

test('of equal fits the shorter is better', () => {
  expect(best('test', 'test environment', 'test')).toBe('test');
});

test('case and width do not matter, as in names', () => {
  expect(score('ＡＤＡ', 'ada')).not.toBeNull();
  expect(score('王', '小王')).not.toBeNull();
});

test('a text fits whatever is left when letters are taken out of it', () => {
  const texts = fc.string({ maxLength: 20, unit: fc.constantFrom(...'abcA-. 王') });
  fc.assert(
    fc.property(texts, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), (text, keep) => {
      const query = [...text].filter((_, n) => keep[n]).join('');
      expect(score(query, text)).not.toBeNull();
    }),
  );
});
