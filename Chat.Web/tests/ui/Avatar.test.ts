import { describe, expect, test } from 'vitest';
import { colour, initials } from '../../src/ui/Avatar';

/** WCAG's relative luminance of a colour with this hue, and the saturation and lightness that avatars have. */
function luminance(hue: number): number {
  const [s, l] = [0.5, 0.3];
  const part = (n: number) => {
    const k = (n + hue / 30) % 12;
    const c = l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(0) + 0.7152 * part(8) + 0.0722 * part(4);
}

describe('Avatar', () => {
  test('white letters have a contrast of 4.5 or more on any colour', () => {
    expect(colour('any')).toMatch(/^hsl\(\d+ 50% 30%\)$/);
    for (let hue = 0; hue < 360; hue++) expect(1.05 / (luminance(hue) + 0.05)).toBeGreaterThanOrEqual(4.5);
  });
  test('initials tear no character', () => {
    expect([
      initials('ann'),
      initials('bo.berg'),
      initials('小明'),
      initials('𝒜b'),
      initials('-'),
      initials('a_b c'),
    ]).toEqual(['A', 'BB', '小', '𝒜', '-', 'AB']);
  });
});
