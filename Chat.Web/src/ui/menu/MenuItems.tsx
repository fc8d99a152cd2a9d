import '../../styles/menu.css';
import { Fragment } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../icons';

export interface MenuItem {
  readonly label: string;
  readonly danger?: boolean;
  /** One of a group, of which one is chosen; `group` is said by readers and shown above the first. */
  readonly checked?: boolean;
  readonly group?: string;
  readonly run: () => void;
}

export interface MenuItemsProps {
  readonly items: readonly MenuItem[];
  readonly close: () => void;
}

/** The list in an open menu. It takes the focus; arrow keys, Home, End and first letters move in it. */
export function MenuItems({ items, close }: MenuItemsProps) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const panel = list.current?.closest('[popover]');
    const focus = () => {
      if (list.current) entries(list.current)[0]?.focus();
    };
    focus();
    // A click renders the list before the panel is shown, and until then nothing in it takes the focus.
    panel?.addEventListener('toggle', focus, { once: true });
    return () => panel?.removeEventListener('toggle', focus);
  }, []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the menu around it
    <div ref={list} role="presentation" onKeyDown={move}>
      {items.map((item, n) => (
        <Fragment key={`${item.group}/${item.label}`}>
          {item.group && item.group !== items[n - 1]?.group && (
            <div class="group" aria-hidden="true">
              {item.group}
            </div>
          )}
          <button
            type="button"
            {...(item.checked === undefined
              ? { role: 'menuitem' }
              : { role: 'menuitemradio', 'aria-checked': item.checked })}
            aria-label={item.group ? `${item.group}: ${item.label}` : undefined}
            class={item.danger ? 'danger' : undefined}
            tabIndex={-1}
            onClick={() => {
              close(); // first: the focus goes back to the button, and what opens now will return it there
              item.run();
            }}
          >
            {item.checked !== undefined && <span class="tick">{item.checked && <Icon of="check" />}</span>}
            <span>{item.label}</span>
          </button>
        </Fragment>
      ))}
    </div>
  );
}

const entries = (within: Element) => [...within.querySelectorAll<HTMLElement>('[role^=menuitem]')];

function move(e: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const all = entries(e.currentTarget);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const to =
    e.key === 'ArrowDown'
      ? (at + 1) % all.length
      : e.key === 'ArrowUp'
        ? (at - 1 + all.length) % all.length
        : e.key === 'Home'
          ? 0
          : e.key === 'End'
            ? all.length - 1
            : e.key.length === 1 && e.key !== ' '
              ? [...all.keys()].map((n) => (at + 1 + n) % all.length).find((n) => startsWith(all[n], e.key))
              : undefined;
  if (e.key === 'Tab') e.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover();
  if (to === undefined || e.ctrlKey || e.metaKey || e.altKey) return;
  e.preventDefault();
  e.stopPropagation();
  all[to]?.focus();
}

const startsWith = (entry: HTMLElement | undefined, letter: string) =>
  entry?.textContent?.trim().toLowerCase().startsWith(letter.toLowerCase());
