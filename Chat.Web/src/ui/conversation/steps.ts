import type { Row } from './rows';

/** One change of the virtual list's rows. `shift`: rows came or went at the start, so what is on screen stays by its distance from the end. */
export interface Step {
  readonly rows: readonly Row[];
  readonly shift: boolean;
}

/**
 * How to get from what is shown to what shall be shown. The list can keep its place when the start changes or when the end changes,
 * but not both at once, as happens when the window moves. null: nothing in common, so there is no place to keep.
 */
export function steps(before: readonly Row[], after: readonly Row[]): readonly Step[] | null {
  const firstBefore = before[0];
  const firstAfter = after[0];
  if (!firstBefore || !firstAfter) return null;
  const added = after.findIndex((row) => row.key === firstBefore.key);
  if (added > 0) {
    const grown = [...after.slice(0, added), ...before];
    const same = grown.length === after.length;
    return same
      ? [{ rows: after, shift: true }]
      : [
          { rows: grown, shift: true },
          { rows: after, shift: false },
        ];
  }
  if (added === 0) return [{ rows: after, shift: false }];
  const dropped = before.findIndex((row) => row.key === firstAfter.key);
  if (dropped < 0) return null;
  const grown = [...before.slice(0, dropped), ...after];
  const same = grown.length === before.length;
  return same
    ? [{ rows: after, shift: true }]
    : [
        { rows: grown, shift: false },
        { rows: after, shift: true },
      ];
}
