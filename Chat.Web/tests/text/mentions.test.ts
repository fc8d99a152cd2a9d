import { describe, expect, test } from 'vitest';
import { mentions } from '../../src/text/mentions';

describe('mentions', () => {
  test.each(['@jo', 'hi @Jo!', '(@jo)', '@jo, look', '@jo.', '你好@jo 在吗', '**@jo**', '@ＪＯ', 'a\n@jo'])(
    '%j names jo',
    (body) => expect(mentions(body, 'jo')).toBe(true),
  );
  test.each([
    'jo',
    '@joe',
    'a@jo',
    'x.y@jo',
    '@jo@example.org',
    '`@jo`',
    '```\n@jo\n```',
    '```\nopen @jo',
    '@',
    'https://a/@jo',
  ])('%j does not name jo', (body) => expect(mentions(body, 'jo')).toBe(false));
  test('a name may end in punctuation', () => {
    expect(mentions('@jo. yes', 'jo.')).toBe(true);
    expect(mentions('@小明 好', '小明')).toBe(true);
  });
  test('ends quickly on long runs', () => {
    expect(mentions('@a'.repeat(8_000), 'jo')).toBe(false);
    expect(mentions('`'.repeat(16_000), 'jo')).toBe(false);
    expect(mentions(`@${'`a'.repeat(8_000)}`, 'jo')).toBe(false);
  });
});
