import { expect, test } from 'vitest';
import { isName, oneLine } from '../../src/ui/names';

test.each(['Jo', 'Ada.L', '王小明', 'a_b-c', 'दीपा', 'x'.repeat(32)])('%s can be a name', (name) => {
  expect(isName(name)).toBe(true);
});

test.each(['', 'x', 'two words', 'me', 'ＭＥ', 'a\u202Eb', 'a\u034Fb', 'ab\u3164', '<b>', 'x'.repeat(33)])(
  '"%s" cannot',
  (name) => {
    expect(isName(name)).toBe(false);
  },
);

test('a draft is one line, and not too long', () => {
  expect(oneLine(' a\n\n b\tc ')).toBe('a b c');
  expect(oneLine('x'.repeat(20_000)).length).toBeLessThanOrEqual(300);
});
