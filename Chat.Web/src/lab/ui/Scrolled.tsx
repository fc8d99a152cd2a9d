import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  class: string;
  label: string;
  testId: string;
  /** Shows the end, and again whenever this changes. */
  toEnd?: unknown;
  children: ComponentChildren;
}

/** What is too large for its place: scrolled with a finger, a wheel, or the keyboard. */
export function Scrolled({ class: className, label, testId, toEnd, children }: Props) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (toEnd !== undefined) place.current?.scrollTo({ top: place.current.scrollHeight });
  }, [toEnd]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <section class={className} tabIndex={0} aria-label={label} data-testid={testId} ref={place}>
      {children}
    </section>
  );
}
