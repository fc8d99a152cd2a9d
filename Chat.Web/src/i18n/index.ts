import { computed, signal } from '@preact/signals';
import { readLocal, writeLocal } from '../local';
import * as en from './en';
import type { conversationLater } from './en/conversationLater';
import type { emoji } from './en/emoji';
import type { lab } from './en/lab';
import type { refusals } from './en/refusals';
import type { shellLater } from './en/shellLater';

export type Language = 'en' | 'zh';
export type Dictionary = typeof en.words &
  typeof shellLater &
  typeof refusals &
  typeof conversationLater &
  typeof emoji &
  typeof lab;
/** A text with `{places}`; with plural forms as `{one, other}` chosen by the place `{n}`. */
export type Words = string | { readonly one: string; readonly other: string };
export type Key = keyof Dictionary;

const chosenKey = 'chat:language';

/** The language of the page: the person's choice, else the browser's first that we have, else English. */
export const language = signal<Language>('en');
const english = signal<Partial<Record<Key, Words>>>(en.words);
const translated = signal<Partial<Record<Key, Words>> | null>(null);
let alsoTranslated: Partial<Record<Key, Words>> = {};

/** English words that come with a part of the page; those of the other language are fetched with all others, unless they come along. */
export function add(words: Partial<Dictionary>, chinese: typeof alsoTranslated = {}): void {
  english.value = { ...english.peek(), ...words };
  alsoTranslated = { ...alsoTranslated, ...chinese };
}

/** For dates, numbers and plural forms: the browser's own variant of the language (`en-GB`) where it names one that fits our words. */
export const locale = computed(() => {
  const [fits, fallback] = language.value === 'zh' ? [/^zh(-cn|-sg|-hans.*)?$/i, 'zh-CN'] : [/^en\b/i, 'en'];
  return navigator.languages.find((tag) => fits.test(tag)) ?? fallback;
});

/** The text for a key, with its places filled. Reads a signal: components follow a change of language. */
export function t(key: Key, places: Readonly<Record<string, string | number>> = {}): string {
  const words = (translated.value ?? english.value)[key] ?? key;
  const text =
    typeof words === 'string'
      ? words
      : words[new Intl.PluralRules(locale.value).select(Number(places.n ?? 0)) === 'one' ? 'one' : 'other'];
  return text.replace(/\{(\w+)\}/g, (whole, place: string) => String(places[place] ?? whole));
}

/** Switches the language and keeps the choice; null gives it back to the browser. Rejects, and changes nothing, if its words can't be fetched. */
export async function choose(choice: Language | null): Promise<void> {
  await show(choice ?? fromBrowser());
  writeLocal(chosenKey, choice);
}

/** The person's choice; null if it is the browser's. */
export function chosen(): Language | null {
  const kept = readLocal(chosenKey);
  return kept === 'en' || kept === 'zh' ? kept : null;
}

/** Loads the language of the page. English is built in and stays while the wanted one can't be fetched, which is tried again now and then. */
export async function start(): Promise<void> {
  await show(chosen() ?? fromBrowser()).catch(() => setTimeout(start, 10_000));
}

async function show(wanted: Language): Promise<void> {
  translated.value = wanted === 'zh' ? { ...(await import('./zh')).words, ...alsoTranslated } : null;
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
