import { expect, test } from 'vitest';
import { showsSomething } from '../../src/text/visible';

test.each(['a', '.', '👩‍👩‍👧', '❤️', ' x ', '́', '\u3164x'])('%j can be seen', (text) => {
  expect(showsSomething(text)).toBe(true);
});

test.each(['', ' \n\u3000', '\u3164', '\u2800', '\u034F', '\u200D', '\u200B\u200B', '\uFE0F', '\u{E0020}'])(
  '%j cannot',
  (text) => {
    expect(showsSomething(text)).toBe(false);
  },
);
