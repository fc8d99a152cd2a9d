import { signal } from '@preact/signals';
import { language } from '../i18n';

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

interface Datum {
  readonly emoji: string;
  readonly annotation: string;
  readonly shortcodes?: readonly string[];
  readonly tags?: readonly string[];
  readonly group?: number;
  readonly order?: number;
}

/** Codes to emoji; null until they are loaded. */
export const codes = signal<ReadonlyMap<string, string> | null>(null);

let loading: Promise<readonly Datum[]> | null = null;

function english(): Promise<readonly Datum[]> {
  loading ??= import('emoji-picker-element-data/en/emojibase/data.json?url')
    .then((url) => data(url.default))
    .catch((e: unknown) => {
      loading = null; // offline, say: the next who asks tries again
      throw e;
    });
  return loading;
}

async function data(url: string): Promise<readonly Datum[]> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json() as Promise<readonly Datum[]>;
}

/** Loads the codes so that `codes` has them; does nothing if that fails, names then stay as typed. */
export async function loadCodes(): Promise<void> {
  if (codes.peek()) return;
  try {
    const map = new Map<string, string>();
    for (const e of await english()) for (const code of e.shortcodes ?? []) map.set(code, e.emoji);
    codes.value = map;
  } catch {}
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

const picture = String.raw`\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?`;
const one = String.raw`(?:\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|${picture}[\u{E0020}-\u{E007F}]*(?:\u200D${picture})*)`;
const few = new RegExp(String.raw`^\s*(?:${one}\s*){1,3}$`, 'u');

/** One to three emoji and nothing else: shown large. Digits, © and the like need no room. */
export const isFewEmoji = (text: string): boolean => text.length <= 120 && few.test(text) && !/^[\s©®™]*$/.test(text);
