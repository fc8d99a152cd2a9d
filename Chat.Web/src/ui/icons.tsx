/** Lines on a field of 24 by 24. */
const paths = {
  plus: 'M12 5v14M5 12h14',
  more: 'M12 5h.01M12 12h.01M12 19h.01',
  back: 'M15 5l-7 7 7 7',
  down: 'M6 9l6 6 6-6',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5',
  people:
    'M9 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a4 4 0 0 1 0 7M18.5 14.5a6.5 6.5 0 0 1 3 5.5',
  hash: 'M9 4L7 20M17 4l-2 16M4 9h16.5M3.5 15H20',
  lock: 'M6 11h12v9H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11',
  muted: 'M6 16V11a6 6 0 0 1 9-5.2M18 11v5l1.5 2H8M10 21h4M4 3l16 18',
  smile: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.5 14a4.5 4.5 0 0 0 7 0M9 9.5v.5M15 9.5v.5',
  reply: 'M9 7l-5 5 5 5M4 12h10a6 6 0 0 1 6 6v1',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  pencil: 'M4 20l1-4L16.5 4.5l3 3L8 19z',
  bin: 'M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v5M14 11v5',
  send: 'M4 12L3 4l18 8-18 8 1-8zM4 12h8',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.5l3 2',
  warning: 'M12 4L2.5 20h19zM12 10v4.5M12 17.2h.01',
} as const;

export type IconName = keyof typeof paths;

/** Decoration; what it means is said in words beside it or in the label of its button. */
export function Icon({ of }: { of: IconName }) {
  return (
    <svg class="glyph" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[of]} />
    </svg>
  );
}
