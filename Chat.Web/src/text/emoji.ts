import { signal } from '@preact/signals';

/** One entry of the data files. */
export interface Datum {
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

/** The English data, loaded once. */
export function english(): Promise<readonly Datum[]> {
  loading ??= import('emoji-picker-element-data/en/emojibase/data.json?url')
    .then((url) => data(url.default))
    .catch((e: unknown) => {
      loading = null; // offline, say: the next who asks tries again
      throw e;
    });
  return loading;
}

/** A data file of our own origin. */
export async function data(url: string): Promise<readonly Datum[]> {
  const answer = await fetch(url, { redirect: 'error' });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json() as Promise<readonly Datum[]>;
}

/** After a failure the codes are asked for again at the earliest after this many milliseconds. */
const patience = 30_000;
let codesFrom = 0;

/** Loads the codes so that `codes` has them. Cheap to call often; if it fails, names stay as typed for a while. */
export async function loadCodes(): Promise<void> {
  if (codes.peek() || Date.now() < codesFrom) return;
  codesFrom = Date.now() + patience;
  try {
    const map = new Map<string, string>();
    for (const e of await english()) for (const code of e.shortcodes ?? []) map.set(code, e.emoji);
    codes.value = map;
  } catch {}
}

const picture = String.raw`\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?`;
const one = String.raw`(?:\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|${picture}[\u{E0020}-\u{E007F}]*(?:\u200D${picture})*)`;
const few = new RegExp(String.raw`^\s*(?:${one}\s*){1,3}$`, 'u');

/** One to three emoji and nothing else: shown large. Digits, © and the like need no room. */
export const isFewEmoji = (text: string): boolean => text.length <= 120 && few.test(text) && !/^[\s©®™]*$/.test(text);
