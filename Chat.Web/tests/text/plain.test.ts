import { beforeAll, describe, expect, test } from 'vitest';
import { loadLexer } from '../../src/text/lex';
import { plain } from '../../src/text/plain';
import { bodyBytes } from '../../src/text/size';
import { hostile } from './hostile';

beforeAll(loadLexer);

describe('plain', () => {
  test('leaves the marks out and the words in, on one line', () => {
    expect(plain('**a** _b_\n\n> c\n- d\n`e` [f](https://g.example)\n```\nh\n```')).toBe('a b c d e f h');
  });
  test('cuts long ones without tearing a character', () => {
    const cut = plain('😀'.repeat(300), 101);
    expect(cut.endsWith('😀…')).toBe(true);
  });
  test('says so if something was cut, even if what is left is short', () => {
    expect(plain('short')).toBe('short');
    expect(plain('x'.repeat(201), 200)).toBe(`${'x'.repeat(200)}…`);
    expect(plain(`a${' '.repeat(5_000)}b`, 200)).toBe('a…');
    expect(plain(`**a**${'\n\n'.repeat(3_000)}b`, 200).endsWith('…')).toBe(true);
    expect(plain(`a${' '.repeat(5_000)}`, 200)).toBe('a');
  });
  test.each(Object.entries(hostile))('makes %s short', (_, body) =>
    expect(plain(body).length).toBeLessThanOrEqual(201),
  );
});

describe('the size of a body', () => {
  test('is in bytes of UTF-8 after trimming, as the server counts', () => {
    expect(bodyBytes('  a字😀 \n')).toBe(8);
    expect(bodyBytes('')).toBe(0);
  });
});
