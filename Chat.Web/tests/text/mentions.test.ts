import { describe, expect, test } from 'vitest';
import { mentions } from '../../src/text/mentions';

describe('mentions', () => {
  test.each([
    '@jo',
    'hi @Jo!',
    '(@jo)',
    '@jo, look',
    '@jo.',
    '你好@jo 在吗',
    '**@jo**',
    '@ＪＯ',
    'a\n@jo',
    '``a`` @jo `b`',
    '`a @jo',
    'x ``` @jo `a`',
  ])('%j names jo', (body) => expect(mentions(body, 'jo')).toBe(true));
  test.each([
    'jo',
    '@joe',
    'a@jo',
    'x.y@jo',
    '@jo@example.org',
    'mail bob@jo.example',
    '@jo-marie',
    '`@jo`',
    '`` ` @jo ``',
    '``` a\n``` `@jo`',
    '```\n@jo\n```',
    '```\nopen @jo',
    '@',
    'https://a/@jo',
  ])('%j does not name jo', (body) => expect(mentions(body, 'jo')).toBe(false));
  test('a name may end in punctuation', () => {
    expect(mentions('@jo. yes', 'jo.')).toBe(true);
    expect(mentions('@小明 好', '小明')).toBe(true);
  });
  // So long that one with a square in its time would take minutes.
  test.each([
    '@a'.repeat(100_000),
    '`'.repeat(200_000),
    `@${'`a'.repeat(100_000)}`,
    `@x ${'`'.repeat(100_000)}${'a'.repeat(100_000)}`,
    `@x ${Array.from({ length: 600 }, (_, i) => '`'.repeat(i)).join('a')}`,
    `@x ${'```\n'.repeat(50_000)}`,
    `@x ${'~~~ '.repeat(50_000)}`,
  ])('ends soon whatever is written: %#', (body) => expect(mentions(body, 'jo')).toBe(false));
});
