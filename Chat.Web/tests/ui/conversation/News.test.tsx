// @vitest-environment happy-dom
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { beforeEach, expect, test } from 'vitest';
import type { Item } from '../../../src/chat/model';
import { News } from '../../../src/ui/conversation/News';
import { message, notice } from '../items';

const ann = { id: 'ann', name: 'Ann' };
let root: HTMLElement;
const show = (items: readonly Item[], atEnd = true) =>
  act(() => render(<News items={items} me="jo" atEnd={atEnd} />, root));
const heard = () => [...root.querySelectorAll('p')].map((p) => p.textContent);
const log = (n: number, from = 1): Item[] =>
  Array.from({ length: n }, (_, i) => message(from + i, ann, `m${from + i}`, 0));

beforeEach(() => {
  root = document.createElement('div');
});

test('nothing is said at opening, and of what comes then only what others write', () => {
  show([]);
  show(log(3));
  expect(heard()).toEqual([]);
  show([...log(4), message(5, { id: 'jo', name: 'Jo' }, 'mine', 0), notice(6, 'join', ann, 0)]);
  expect(heard()).toEqual(['Ann: m4']);
  show([...log(3, 20)]);
  expect(heard()).toEqual(['Ann: m4', 'Ann: m20', 'Ann: m21', 'Ann: m22']);
});

test('old messages that are put in again are not said', () => {
  show(log(5, 100));
  show(log(104));
  show(log(50, 20));
  show(log(5, 100));
  expect(heard()).toEqual([]);
});

test('while the end is out of sight nothing is said, and it is not made up for', () => {
  show(log(3));
  show(log(3), false);
  show(log(4), false);
  show(log(5));
  expect(heard()).toEqual([]);
  show(log(6));
  expect(heard()).toEqual(['Ann: m6']);
});

test('many at once are counted', () => {
  show(log(3));
  show(log(20));
  expect(heard()).toEqual(['17 new messages']);
});
