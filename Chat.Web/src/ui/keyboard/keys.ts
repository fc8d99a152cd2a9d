/** Whether shortcuts go by ⌘ instead of Ctrl. */
export const isApple = (): boolean => /mac|iphone|ipad/i.test(navigator.platform);

/** How a key with the command key is written here. */
export const onCommandKey = (key: string): string => (isApple() ? `⌘${key}` : `Ctrl+${key}`);

export const isTextField = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest(
    'textarea, select, [contenteditable]:not([contenteditable=false]), input:not([type=radio], [type=checkbox])',
  ) !== null;
