import type { VNode } from 'preact';
import type { UserRef } from '../wire/contract';

/** The initials of a person on a colour of their own, the same everywhere. For sighted people only: the name stands beside it. `size` in pixels. */
export function Avatar({ user, size }: { user: UserRef; size: number }): VNode {
  return (
    <span
      class="avatar"
      aria-hidden="true"
      style={{ width: `${size}px`, height: `${size}px`, fontSize: `${size * 0.42}px`, background: colour(user.id) }}
    >
      {initials(user.name)}
    </span>
  );
}

/** Dark enough for white letters (contrast of 4.5 or more) in any hue. */
export function colour(id: string): string {
  let hash = 0;
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return `hsl(${hash % 360} 50% 30%)`;
}

/** The first letters of the first two words; of one word the first; so that no surrogate or mark is torn off. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  return (words.length ? words.slice(0, 2) : [name])
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
}
