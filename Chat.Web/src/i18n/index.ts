import { computed, signal } from '@preact/signals';
import * as en from './en';
import type { emoji } from './en/emoji';
import type { shellLater } from './en/shellLater';

export type Language = 'en' | 'zh';
export type Dictionary = typeof en.words & typeof shellLater & typeof emoji;
/** A text with `{places}`; with plural forms as `{one, other}` chosen by the place `{n}`. */
export type Words = string | { readonly one: string; readonly other: string };
export type Key = keyof Dictionary;

const chosenKey = 'chat:language';

/** The language of the page: the person's choice, else the browser's first that we have, else English. */
export const language = signal<Language>('en');
const english = signal<Partial<Record<Key, Words>>>(en.words);
const translated = signal<Record<Key, Words> | null>(null);

/** English words that come with a part of the page; the other languages are fetched whole. */
export function add(words: Partial<Dictionary>): void {
  english.value = { ...english.peek(), ...words };
}

/** For dates, numbers and plural forms: the browser's own variant of the language (`en-GB`) where it names one. */
export const locale = computed(
  () =>
    navigator.languages.find((l) => l.toLowerCase().startsWith(language.value)) ??
    (language.value === 'zh' ? 'zh-CN' : 'en'),
);

/** The text for a key, with its places filled. Reads a signal: components follow a change of language. */
export function t(key: Key, places: Readonly<Record<string, string | number>> = {}): string {
  const words = (translated.value ?? english.value)[key] ?? key;
  const text =
    typeof words === 'string'
      ? words
      : words[new Intl.PluralRules(locale.value).select(Number(places.n ?? 0)) === 'one' ? 'one' : 'other'];
  return text.replace(/\{(\w+)\}/g, (whole, place: string) => String(places[place] ?? whole));
}

/** Switches the language and keeps the choice; null gives it back to the browser. */
export async function choose(choice: Language | null): Promise<void> {
  if (choice) localStorage.setItem(chosenKey, choice);
  else localStorage.removeItem(chosenKey);
  await start();
}

/** The person's choice; null if it is the browser's. */
export function chosen(): Language | null {
  const kept = localStorage.getItem(chosenKey);
  return kept === 'en' || kept === 'zh' ? kept : null;
}

/** Loads the language of the page. English is built in; others come when needed. */
export async function start(): Promise<void> {
  const wanted = chosen() ?? fromBrowser();
  translated.value = wanted === 'zh' ? (await import('./zh')).words : null;
  language.value = wanted;
  document.documentElement.lang = wanted === 'zh' ? 'zh-CN' : 'en';
}

function fromBrowser(): Language {
  for (const tag of navigator.languages) {
    if (/^en\b/i.test(tag)) return 'en';
    if (/^zh\b/i.test(tag)) return 'zh';
  }
  return 'en';
}
