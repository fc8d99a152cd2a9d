import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { home, parse, pathOf, room } from '../../src/ui/route';

test('a path leads to the list, a room, or a message in it', () => {
  expect(parse('/')).toEqual(home);
  expect(parse('/r/abc')).toEqual(room('abc'));
  expect(parse('/r/abc/')).toEqual(room('abc'));
  expect(parse('/r/abc/17')).toEqual(room('abc', 17));
});

test.each(['/r', '/r/', '/x', '/r/a/0', '/r/a/-1', '/r/a/1.5', '/r/a/1/2', '/r/%ff', '/r/a/9999999999999999', '//r/a'])(
  'there is nothing at %s',
  (path) => {
    expect(parse(path)).toBeNull();
  },
);

test('every room and number survives being a path', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: 'grapheme' }),
      fc.option(fc.integer({ min: 1, max: 999_999_999_999_999 })),
      (id, seq) => {
        expect(parse(pathOf(room(id, seq)))).toEqual(room(id, seq));
      },
    ),
  );
});
