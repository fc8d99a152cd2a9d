import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Emoji } from '../../text/emojiSearch';
import type { UserRef } from '../../wire/contract';
import { completing, matchingPeople } from './completing';

export interface Option {
  readonly key: string;
  readonly label: string;
  /** What is put in place of the typed word. */
  readonly text: string;
}

const most = 8;

/** What the word before the caret could become. Empty if nothing, or if the person closed the list for this word. */
export function useCompletion(text: string, caret: number, people: readonly UserRef[]) {
  const typed = useMemo(() => completing(text, caret), [text, caret]);
  const [closed, close] = useState<number | null>(null);
  const [index, choose] = useState(0);
  const [search, setSearch] = useState<((query: string) => readonly Emoji[]) | null>(null);
  const kind = typed?.kind;
  useEffect(() => {
    if (kind === ':')
      emojiSearch().then(
        (found) => setSearch(() => found),
        () => undefined,
      ); // offline: no list, the code can be typed out
  }, [kind]);
  const options = useMemo((): readonly Option[] => {
    if (!typed) return [];
    if (typed.kind === '@')
      return matchingPeople(people, typed.query, most).map((u) => ({ key: u.id, label: u.name, text: `@${u.name} ` }));
    return (search?.(typed.query) ?? []).map((e) => ({
      key: e.emoji,
      label: `${e.emoji} :${e.codes[0] ?? e.name}:`,
      text: `${e.emoji} `,
    }));
  }, [typed, people, search]);
  const at = typed?.start ?? null;
  useEffect(() => choose(0), [options]);
  useEffect(() => {
    if (at === null) close(null);
  }, [at]);
  return {
    typed,
    options: at !== null && at === closed ? [] : options,
    index: Math.min(index, options.length - 1),
    choose,
    close: () => close(at),
  };
}

async function emojiSearch(): Promise<(query: string) => readonly Emoji[]> {
  const { allEmoji, searchEmoji } = await import('../../text/emojiSearch');
  const list = await allEmoji();
  return (query) => searchEmoji(list, query, most);
}
