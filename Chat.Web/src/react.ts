/**
 * What `virtua` takes from React, on Preact: all of preact/compat would be 4 KB of the first load, most of it for other libraries.
 * The build puts this in React's place.
 */
import { Component, type ComponentType, createElement, options, type Ref, type VNode } from 'preact';
import { jsx as element } from 'preact/jsx-runtime';

export { useEffect, useImperativeHandle, useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks';

type Props = Record<string, unknown>;

/** An element. A number in its style is a length in pixels, as React has it; virtua has no other numbers there. */
export function jsx(type: string, props: Props, key?: string): VNode {
  if (!props.style) return element(type, props, key);
  const lengths = Object.entries(props.style).map(([k, v]) => [k, typeof v === 'number' ? `${v}px` : v]);
  return element(type, { ...props, style: Object.fromEntries(lengths) }, key);
}

/** Preact hands a `ref` over as any other of the props. */
export const forwardRef =
  <T>(render: (props: Props, ref: Ref<T> | null) => VNode | null) =>
  ({ ref, ...props }: Props) =>
    render(props, (ref as Ref<T> | undefined) ?? null);

/** Renders again only where `same` says no: by default where one of the props is another one. */
export function memo<P extends object>(
  inner: ComponentType<P>,
  same: (a: P, b: P) => boolean = equal,
): ComponentType<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !same(this.props as P, next);
    }

    override render(): VNode<object> {
      return createElement(inner as ComponentType<object>, this.props);
    }
  };
}

function equal(a: object, b: object): boolean {
  return Object.keys({ ...a, ...b }).every((name) => (a as Props)[name] === (b as Props)[name]);
}

/** What the callback changes is on the page when this returns. */
export function flushSync<T>(callback: () => T): T {
  const before = options.debounceRendering;
  let flush: (() => void) | undefined;
  options.debounceRendering = (render) => {
    flush = render;
  };
  try {
    const result = callback();
    flush?.();
    return result;
  } finally {
    if (before) options.debounceRendering = before;
    else delete options.debounceRendering;
  }
}
