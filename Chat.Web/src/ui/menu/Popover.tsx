import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';

export interface PopoverProps {
  /** Of the button, where its content does not say it, and of the panel. */
  label: string;
  class: string;
  button: ComponentChildren;
  /** Further attributes of the button. */
  attributes?: Readonly<Record<string, string | undefined>>;
  role?: 'menu' | 'dialog';
  /** The button's content is its name, and not the label. */
  named?: boolean;
  children: (close: () => void) => ComponentChildren;
}

/** A button, and what opens beside it: on top of everything, closed by Esc or by a click elsewhere. */
export function Popover(props: PopoverProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        ref={button}
        type="button"
        class={props.class}
        popovertarget={id}
        aria-haspopup={props.role ?? 'dialog'}
        aria-expanded={open}
        {...(props.named ? {} : { 'aria-label': props.label, title: props.label })}
        {...props.attributes}
        onKeyDown={(e) => {
          if (props.role !== 'menu' || e.key !== 'ArrowDown' || e.altKey) return;
          e.preventDefault();
          panel.current?.showPopover();
        }}
      >
        {props.button}
      </button>
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles support a label */}
      <div
        ref={panel}
        id={id}
        class={`popover ${props.role ?? 'dialog'}`}
        popover="auto"
        role={props.role ?? 'dialog'}
        aria-label={props.label}
        onBeforeToggle={(e) => {
          if (e.newState !== 'open' || !button.current) return;
          place(e.currentTarget, button.current.getBoundingClientRect());
          setOpen(true);
        }}
        onToggle={(e) => {
          // Not before it is hidden: the focus goes back only from an element that is still there.
          if (e.newState === 'closed') setOpen(false);
        }}
      >
        {open && props.children(() => panel.current?.hidePopover())}
      </div>
    </>
  );
}

/** Towards where there is more room. */
function place({ style }: HTMLElement, at: DOMRect): void {
  const toTheRight = at.left + at.width / 2 < innerWidth / 2;
  const downwards = at.top < innerHeight * 0.55;
  style.left = toTheRight ? `${Math.max(8, at.left)}px` : 'auto';
  style.right = toTheRight ? 'auto' : `${Math.max(8, innerWidth - at.right)}px`;
  style.top = downwards ? `${at.bottom + 4}px` : 'auto';
  style.bottom = downwards ? 'auto' : `${innerHeight - at.top + 4}px`;
  style.maxHeight = `${(downwards ? innerHeight - at.bottom : at.top) - 12}px`;
}
