import { describe, expect, test } from 'vitest';
import { isFewEmoji } from '../../src/text/emoji';
import { type Emoji, searchEmoji } from '../../src/text/emojiSearch';

describe('a message of few emoji', () => {
  test.each(['👍', '👍👍👍', ' ❤️ ', '👩🏽‍💻', '👨‍👩‍👧‍👦', '🇨🇳', '🏳️‍🌈', '1️⃣', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'])('%s is large', (text) =>
    expect(isFewEmoji(text)).toBe(true),
  );
  test.each(['', '   ', 'a', '👍 ok', '1', '123', '👍👍👍👍', '©', '#'])('%j is not', (text) =>
    expect(isFewEmoji(text)).toBe(false),
  );
});

describe('searching emoji', () => {
  const made = (emoji: string, name: string, codes: string[], order: number): Emoji => {
    return { emoji, name, codes, group: 0, order, words: [...codes, name].join(' ') };
  };
  const list = [
    made('😄', 'grinning smile', ['grin'], 1),
    made('🙂', 'slight smile', ['slight_smile'], 2),
    made('😃', 'happy', ['smile'], 3),
  ];

  test('finds the exact code first, then codes that begin so, then names', () => {
    expect(searchEmoji(list, 'smile', 9).map((e) => e.emoji)).toEqual(['😃', '😄', '🙂']);
    expect(searchEmoji(list, 'SLI', 9).map((e) => e.emoji)).toEqual(['🙂']);
  });
  test('wants all words, and gives no more than asked', () => {
    expect(searchEmoji(list, 'smile grin', 9).map((e) => e.emoji)).toEqual(['😄']);
    expect(searchEmoji(list, 'smile', 1).length).toBe(1);
  });
});
