// @vitest-environment happy-dom
import { h, render } from 'preact';
import { useLayoutEffect, useReducer } from 'preact/hooks';
import { beforeEach, describe, expect, test } from 'vitest';
import { flushSync, forwardRef, jsx, memo } from '../src/react';

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement('div');
});

test('numbers in a style are pixels; an element without a style gets none', () => {
  render(jsx('p', { style: { top: 12, width: '50%', height: 0 } }), root);
  expect((root.firstElementChild as HTMLElement).style).toMatchObject({ top: '12px', width: '50%', height: '0px' });
  expect(jsx('p', { title: 'a' }).props).toEqual({ title: 'a' });
});

test('a ref is handed to what is rendered inside', () => {
  const Inner = forwardRef<HTMLElement>((props, ref) => jsx('p', { ...props, ref }));
  const ref: { current: HTMLElement | null } = { current: null };
  render(h(Inner as never, { ref, title: 'a' }), root);
  expect(ref.current).toBe(root.firstElementChild);
  expect(ref.current?.title).toBe('a');
});

test('what is remembered is rendered again only if one of its props is another one', () => {
  let times = 0;
  const Once = memo(({ a }: { a: number; b?: number }) => {
    times++;
    return h('p', null, a);
  });
  for (const props of [{ a: 1 }, { a: 1 }, { a: 2 }, { a: 2, b: 1 }, { a: 2 }]) render(h(Once, props), root);
  expect(times).toBe(4);
  expect(root.textContent).toBe('2');
});

describe('flushSync', () => {
  let more: () => void;
  const Counter = ({ started }: { started?: () => void }) => {
    const [n, add] = useReducer<number, void>((n) => n + 1, 0);
    more = () => add();
    useLayoutEffect(() => started?.(), []);
    return h('p', null, n);
  };

  test('shows the change before it returns', () => {
    render(h(Counter, null), root);
    expect(flushSync(() => more() ?? 'result')).toBe('result');
    expect(root.textContent).toBe('1');
  });

  test('also if something else was waiting to be rendered', () => {
    render([h(Counter, { key: 'a' })], root);
    const first = more;
    const other = document.createElement('div');
    render(h(Counter, null), other);
    first();
    flushSync(() => more());
    expect([root.textContent, other.textContent]).toEqual(['1', '1']);
  });

  test('and leaves later changes to their time', async () => {
    render(h(Counter, null), root);
    flushSync(() => undefined);
    more();
    expect(root.textContent).toBe('0');
    await Promise.resolve();
    await new Promise((done) => setTimeout(done));
    expect(root.textContent).toBe('1');
  });
});
