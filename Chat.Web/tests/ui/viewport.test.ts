// @vitest-environment happy-dom
// @vitest-environment-options {"url":"http://localhost/","width":390,"height":800}
import { expect, test, vi } from 'vitest';
import { startViewport } from '../../src/ui/viewport';

const height = () => document.documentElement.style.getPropertyValue('--height');

test('the page is as high as what an on-screen keyboard leaves of it', () => {
  const visible = Object.assign(new EventTarget(), { height: 800, scale: 1 });
  vi.stubGlobal('visualViewport', visible);
  const resize = (height: number, scale = 1) => {
    Object.assign(visible, { height, scale });
    visible.dispatchEvent(new Event('resize'));
  };
  const stop = startViewport();
  expect(height()).toBe('');
  resize(460.4);
  expect(height()).toBe('460px');
  resize(230.2, 2); // zoomed in, with the keyboard
  expect(height()).toBe('460px');
  resize(400, 2); // zoomed in, without
  expect(height()).toBe('');
  resize(770); // a toolbar
  expect(height()).toBe('');
  resize(460);
  stop();
  expect(height()).toBe('');
  resize(460);
  expect(height()).toBe('');
});
