import { later } from '../later';
import type { MenuItem } from './MenuItems';
import { Popover, type PopoverProps } from './Popover';

const MenuItems = later(async () => (await import('./MenuItems')).MenuItems);

/** A button with a list of actions. */
export function Menu({ items, ...props }: Omit<PopoverProps, 'role' | 'children'> & { items: readonly MenuItem[] }) {
  return (
    <Popover {...props} role="menu">
      {(close) => <MenuItems items={items} close={close} />}
    </Popover>
  );
}
