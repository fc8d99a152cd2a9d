import { describe, expect, test } from 'vitest';
import { completing, matchingPeople } from '../../../src/ui/conversation/completing';
import { moveKey } from '../../../src/ui/conversation/timelineKeys';

describe('completing', () => {
  test.each([
    ['@', '@', 0, ''],
    ['hi @an', '@', 3, 'an'],
    ['你好@小', '@', 2, '小'],
    ['(:sm', ':', 1, 'sm'],
    ['a\n:thumbs_u', ':', 2, 'thumbs_u'],
  ] as const)('%j could be completed', (text, kind, start, query) =>
    expect(completing(text, text.length)).toEqual({ kind, start, query }),
  );
  test.each(['', 'a', 'a@b', ':s', ':)', 'http://x', '10:30', '@ann ', ':tada: '])('%j could not', (text) =>
    expect(completing(text, text.length)).toBeNull(),
  );
  test('looks at what stands before the caret', () => {
    expect(completing('@ann and more', 3)?.query).toBe('an');
  });
});

describe('people', () => {
  const people = ['Joanna', 'ann', 'Anna', 'bo'].map((name) => ({ id: name, name }));
  test('those that begin so come first', () => {
    expect(matchingPeople(people, 'AN', 9).map((u) => u.name)).toEqual(['ann', 'Anna', 'Joanna']);
    expect(matchingPeople(people, '', 2).length).toBe(2);
  });
});

describe('keys in the timeline', () => {
  test('move inside its bounds', () => {
    expect(moveKey('ArrowUp', 0, 9, 4)).toBe(0);
    expect(moveKey('ArrowDown', 9, 9, 4)).toBe(9);
    expect(moveKey('PageUp', 9, 9, 4)).toBe(5);
    expect(moveKey('Home', 5, 9, 4)).toBe(0);
    expect(moveKey('End', 5, 9, 4)).toBe(9);
    expect(moveKey('x', 5, 9, 4)).toBeNull();
  });
});
