import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { MemberPage, UserRef } from '../../wire/contract';
import { refusalText } from '../refusals';

interface Props {
  /** Reads the page after another one; undefined: the first page. */
  readonly load: (before?: string) => Promise<MemberPage>;
  /** Members that are shown above already. */
  readonly listed: readonly UserRef[];
  readonly show: (user: UserRef) => VNode;
}

/** The members of a large room beyond those that came with it: page by page, by name. */
export function MoreMembers({ load, listed, show }: Props) {
  const [found, setFound] = useState<readonly UserRef[]>([]);
  const [next, setNext] = useState<string | null>('');
  const [error, setError] = useState<unknown>(null);
  const [loading, setLoading] = useState(false);

  async function more() {
    setLoading(true);
    setError(null);
    try {
      const known = new Set([...listed, ...found].map((user) => user.id));
      let before = next || undefined;
      let fresh: readonly UserRef[] = [];
      // The first page is what is listed already, and a page may be empty: go on until there is something to see.
      do {
        const page = await load(before);
        fresh = page.members.filter((user) => !known.has(user.id));
        before = page.next;
      } while (fresh.length === 0 && before !== undefined);
      setFound([...found, ...fresh]);
      setNext(before ?? null);
    } catch (e) {
      setError(e);
    } finally {
      setLoading(false);
    }
  }

  const above = new Set(listed.map((user) => user.id));
  return (
    <>
      <ul class="list">{found.filter((user) => !above.has(user.id)).map(show)}</ul>
      <p class="error" role="alert">
        {error !== null && refusalText(error)}
      </p>
      {next !== null && (
        <button type="button" disabled={loading} onClick={() => void more()}>
          {t('members.more')}
        </button>
      )}
    </>
  );
}
