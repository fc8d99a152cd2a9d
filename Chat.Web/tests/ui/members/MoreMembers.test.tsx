// @vitest-environment happy-dom
import { render } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { MoreMembers } from '../../../src/ui/members/MoreMembers';
import type { MemberPage } from '../../../src/wire/contract';
import { eventually } from '../../eventually';

afterEach(() => render(null, document.body));

const page = (names: readonly string[], next?: string): MemberPage => ({
  members: names.map((name) => ({ id: name, name, role: 'member', joinedAt: '2026-01-01T00:00:00Z' })),
  ...(next === undefined ? {} : { next }),
});

const shown = () => [...document.querySelectorAll('li')].map((item) => item.textContent);

test('more members come page by page; what is listed already and what is empty is passed over', async () => {
  const pages = new Map([
    [undefined, page(['a', 'b'], '1')],
    ['1', page([], '2')],
    ['2', page(['c', 'd'], '3')],
    ['3', page(['e'])],
  ]);
  const load = async (before?: string) => pages.get(before) as MemberPage;
  const listed = ['a', 'b'].map((name) => ({ id: name, name }));
  render(
    <MoreMembers load={load} listed={listed} show={(user) => <li key={user.id}>{user.name}</li>} />,
    document.body,
  );

  document.querySelector('button')?.click();
  await eventually(() => expect(shown()).toEqual(['c', 'd']));
  document.querySelector('button')?.click();
  await eventually(() => expect(shown()).toEqual(['c', 'd', 'e']));
  expect(document.querySelector('button')).toBeNull();
});
