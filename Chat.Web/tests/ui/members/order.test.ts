import { expect, test } from 'vitest';
import { byPresence } from '../../../src/ui/members/order';

test('who is online first, then who is away, each by name', () => {
  const members = ['d', 'c', 'b', 'a'].map((name) => ({ id: name, name }));
  const sorted = byPresence(
    members,
    new Map([
      ['d', 'online'],
      ['c', 'away'],
      ['b', 'online'],
    ]),
  );
  expect(sorted.map((user) => user.name)).toEqual(['b', 'd', 'c', 'a']);
});
