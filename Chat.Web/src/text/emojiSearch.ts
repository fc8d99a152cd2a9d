import { language } from '../i18n';
import { data, english } from './emoji';

export interface Emoji {
  readonly emoji: string;
  /** Its name in the language of the page. */
  readonly name: string;
  readonly codes: readonly string[];
  /** Unicode's group: 0 smileys … 9 flags. */
  readonly group: number;
  readonly order: number;
  /** What it is found by, in lower case: codes, names and tags in English and the language of the page. */
  readonly words: string;
}

/** All emoji in Unicode's order, named in the language of the page. Rejects if they can't be loaded. */
export async function allEmoji(): Promise<readonly Emoji[]> {
  const chinese =
    language.peek() === 'zh'
      ? data((await import('emoji-picker-element-data/zh/emojibase/data.json?url')).default)
      : [];
  const local = new Map((await chinese).map((e) => [e.emoji, e]));
  const list = (await english()).filter((e) => e.group !== undefined && e.group !== 2); // 2: parts, like skin tones
  return list
    .map((e) => {
      const here = local.get(e.emoji);
      const words = [...(e.shortcodes ?? []), e.annotation, ...(e.tags ?? []), here?.annotation, ...(here?.tags ?? [])];
      return {
        emoji: e.emoji,
        name: here?.annotation ?? e.annotation,
        codes: e.shortcodes ?? [],
        group: e.group ?? 0,
        order: e.order ?? 0,
        words: words.join(' ').toLowerCase(),
      };
    })
    .sort((a, b) => a.order - b.order);
}

/** Those with all words of the query in them: first by code, then by name, then the rest. */
export function searchEmoji(list: readonly Emoji[], query: string, limit: number): readonly Emoji[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (e: Emoji) => {
    const first = wanted[0] ?? '';
    if (e.codes.includes(first)) return 0;
    if (e.codes.some((c) => c.startsWith(first))) return 1;
    return e.name.toLowerCase().startsWith(first) ? 2 : 3;
  };
  return list
    .filter((e) => wanted.every((w) => e.words.includes(w)))
    .map((e) => ({ e, rank: rank(e) }))
    .sort((a, b) => a.rank - b.rank || a.e.order - b.e.order)
    .slice(0, limit)
    .map((r) => r.e);
}
