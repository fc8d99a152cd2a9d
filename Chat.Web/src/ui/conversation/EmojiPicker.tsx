import '../../styles/emoji.css';
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { add, type Key, t } from '../../i18n';
import { emoji as words } from '../../i18n/en/emoji';
import { readJson, writeLocal } from '../../local';
import { allEmoji, type Emoji, searchEmoji } from '../../text/emojiSearch';
import { Icon } from '../icons';
import { EmojiGrid } from './EmojiGrid';

add(words);

const groups = [0, 1, 3, 4, 5, 6, 7, 8, 9] as const;
const signs = ['😀', '👋', '🐶', '🍎', '🚗', '⚽', '💡', '❤️', '🏁'];
const recentKey = 'chat:emoji';
const atFirst = ['👍', '❤️', '😂', '🎉', '😮', '😢', '🙏', '👀'];

interface Props {
  readonly title: string;
  readonly onPick: (emoji: string) => void;
  readonly onClose: () => void;
}

/** All emoji: the recent ones, by group, or found by name. Loaded when first opened. */
export function EmojiPicker({ title, onPick, onClose }: Props): VNode {
  const [list, setList] = useState<readonly Emoji[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [query, setQuery] = useState('');
  const [group, setGroup] = useState(0);
  const search = useRef<HTMLInputElement>(null);
  const recent = useMemo(readRecent, []);
  useEffect(() => {
    search.current?.focus();
    allEmoji().then(setList, () => setFailed(true));
  }, []);
  const pick = (emoji: string) => {
    writeLocal(recentKey, JSON.stringify([emoji, ...recent.filter((e) => e !== emoji)].slice(0, 16)));
    onPick(emoji);
  };
  const shown = useMemo(
    () => (query.trim() ? searchEmoji(list ?? [], query, 200) : (list ?? []).filter((e) => e.group === group)),
    [list, query, group],
  );
  const named = useMemo(() => new Map((list ?? []).map((e) => [e.emoji, e.name])), [list]);
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === 'Escape') onClose();
    else if (e.key === 'Enter' && e.target === search.current && !e.isComposing && shown[0] && query)
      pick(shown[0].emoji);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <div class="picker" role="dialog" aria-label={title} onKeyDown={onKeyDown}>
      <div class="picker-head">
        <input
          ref={search}
          type="search"
          aria-label={t('emoji.search')}
          placeholder={t('emoji.search')}
          value={query}
          onInput={(e) => setQuery(e.currentTarget.value)}
        />
        <button type="button" class="tool" aria-label={t('emoji.close')} title={t('emoji.close')} onClick={onClose}>
          <Icon of="close" />
        </button>
      </div>
      {!query && (
        <EmojiGrid label={t('emoji.recent')} emoji={recent.map((e) => [e, named.get(e) ?? e])} onPick={pick} />
      )}
      {!query && <Groups group={group} choose={setGroup} />}
      <div class="picker-all">
        {failed && <p>{t('emoji.failed')}</p>}
        {list && shown.length === 0 && <p>{t('emoji.none')}</p>}
        <EmojiGrid
          label={query ? t('emoji.found') : groupName(group)}
          emoji={shown.map((e) => [e.emoji, e.name])}
          onPick={pick}
        />
      </div>
    </div>
  );
}

const groupName = (group: number) => t(`emoji.group.${group}` as Key);

function Groups({ group, choose }: { group: number; choose: (group: number) => void }): VNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div class="picker-groups" role="group" aria-label={t('emoji.title')}>
      {groups.map((g, i) => (
        <button
          key={g}
          type="button"
          aria-pressed={g === group}
          aria-label={groupName(g)}
          title={groupName(g)}
          onClick={() => choose(g)}
        >
          {signs[i]}
        </button>
      ))}
    </div>
  );
}

function readRecent(): readonly string[] {
  const kept = readJson(recentKey);
  const own = Array.isArray(kept) ? kept.filter((e): e is string => typeof e === 'string') : [];
  return [...new Set([...own, ...atFirst])].slice(0, 16);
}
