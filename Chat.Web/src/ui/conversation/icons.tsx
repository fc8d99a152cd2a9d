import type { VNode } from 'preact';

const icon = (d: string) => (): VNode => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={d} />
  </svg>
);

export const Reply = icon('M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6v1');
export const Pencil = icon('M4 20h4L19 9l-4-4L4 16zM13 7l4 4');
export const Bin = icon('M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v5M14 11v5');
export const Chain = icon('M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1');
export const Smile = icon(
  'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.500 14a4.500 4.500 0 0 0 7 0M9 9.500v.500M15 9.500v.500',
);
export const Dots = icon('M5.500 12h1M11.500 12h1M17.500 12h1');
export const Clock = icon('M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l3 2');
export const Tick = icon('m5 12 5 5L19 8');
export const Warning = icon('M12 4 3 20h18zM12 10v4M12 17v.500');
export const Plane = icon('M4 12 3 4l18 8-18 8 1-8zM4 12h8');
export const Down = icon('M12 5v14M6 13l6 6 6-6');
export const Cross = icon('M6 6l12 12M18 6 6 18');
