import { effect, signal } from '@preact/signals';
import { kept } from '../kept';

export type Theme = 'system' | 'light' | 'dark';
export const themes: readonly Theme[] = ['system', 'light', 'dark'];

export const theme = kept<Theme>('chat:theme', 'system');

/** Dresses the page by the choice, and follows the system while that is the choice. */
export function startTheme(): void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const systemDark = signal(query.matches);
  query.addEventListener('change', () => {
    systemDark.value = query.matches;
  });
  effect(() => {
    const dark = theme.value === 'system' ? systemDark.value : theme.value === 'dark';
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    const ground = getComputedStyle(document.documentElement).getPropertyValue('--ground-2').trim();
    document.querySelector('meta[name="theme-color"]')?.setAttribute('content', ground);
  });
}
