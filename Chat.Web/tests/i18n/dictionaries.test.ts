import { describe, expect, test } from 'vitest';
import type { Words } from '../../src/i18n';
import { words as first } from '../../src/i18n/en';
import { conversation } from '../../src/i18n/en/conversation';
import { conversationLater } from '../../src/i18n/en/conversationLater';
import { emoji } from '../../src/i18n/en/emoji';
import { lab } from '../../src/i18n/en/lab';
import { refusals } from '../../src/i18n/en/refusals';
import { shell } from '../../src/i18n/en/shell';
import { shellLater } from '../../src/i18n/en/shellLater';
import { words as fetched } from '../../src/i18n/zh';
import { lab as labInChinese } from '../../src/i18n/zh/lab';

const en = { ...first, ...refusals, ...shellLater, ...conversationLater, ...emoji, ...lab };
const zh = { ...fetched, ...labInChinese };
const forms = (words: Words): string[] => (typeof words === 'string' ? [words] : [words.one, words.other]);
const places = (words: Words) => forms(words).map((text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort());
const english = Object.entries(en as Record<string, Words>);

test('both languages have the same texts', () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
});

test('no part takes a text of another', () => {
  const parts = [shell, shellLater, refusals, conversation, conversationLater, emoji, lab];
  const keys = parts.flatMap((part) => Object.keys(part));
  expect(keys.length).toBe(new Set(keys).size);
});

describe.each(english)('%s', (key, words) => {
  const chinese = (zh as Record<string, Words>)[key] ?? '';

  test('has the same places in every form and language', () => {
    const first = places(words)[0];
    for (const form of [...places(words), ...places(chinese)]) expect(form).toEqual(first);
  });

  test('is written', () => {
    for (const text of [...forms(words), ...forms(chinese)]) expect(text.trim()).not.toBe('');
  });
});
