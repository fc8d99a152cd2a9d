import { expect, test } from 'vitest';
import { candidates } from '../../../src/ui/dialogs/candidates';
import { fakeEntry, fakeRoom } from '../fakeChat';

const ada = { id: 'a', name: 'Ada' };
const adele = { id: 'b', name: 'Adele' };
const rooms = [
  fakeEntry(fakeRoom('lobby', { name: 'Lobby' })),
  fakeEntry(fakeRoom('d', { kind: 'direct', name: 'Ada' })),
];
const names = (query: string) => candidates(query, rooms, [ada, adele]).map((x) => `${x.kind} ${x.name}`);

test('without a query: my rooms as they stand, then people without a direct room', () => {
  expect(names('')).toEqual(['room Lobby', 'room Ada', 'person Adele']);
});

test('a query offers what fits, and a name that nobody has yet to write to', () => {
  expect(names('ade')).toEqual(['person Adele', 'name ade']);
});

test('a person I know is not offered a second time as a name', () => {
  expect(names('ADA')).toEqual(['room Ada']);
  expect(names('@adele')).toEqual(['person Adele']);
});

test('what cannot be a name is not offered as one', () => {
  expect(names('no such name')).toEqual([]);
  expect(names('me')).toEqual([]);
  expect(names('x')).toEqual([]);
});
