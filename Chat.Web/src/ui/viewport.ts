/** Smaller than any keyboard, larger than what toolbars and rounding differ by; pixels. */
const keyboardMin = 80;

/** Keeps the page above an on-screen keyboard where the browser lays that over the page (iOS), as `--height`; returns how to stop. */
export function startViewport(): () => void {
  const visible = window.visualViewport;
  if (!visible) return () => {};
  const root = document.documentElement;
  const adapt = () => {
    const height = visible.height * visible.scale; // zooming in is no keyboard
    const covered = innerHeight - height > keyboardMin;
    if (!covered) root.style.removeProperty('--height');
    else {
      root.style.setProperty('--height', `${Math.round(height)}px`);
      if (visible.scale === 1) scrollTo(0, 0); // it was scrolled to show the field, which now fits
    }
  };
  adapt();
  visible.addEventListener('resize', adapt);
  return () => {
    visible.removeEventListener('resize', adapt);
    root.style.removeProperty('--height');
  };
}
