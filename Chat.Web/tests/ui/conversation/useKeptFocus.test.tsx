// @vitest-environment happy-dom
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, expect, test } from 'vitest';
import { useKeptFocus } from '../../../src/ui/conversation/useKeptFocus';

const put: string[] = [];
function Frame({ button }: { button: boolean }) {
  return (
    <div id="frame" {...useKeptFocus((by) => put.push(by))}>
      {button && <button type="button">Gone soon</button>}
      <p tabIndex={-1}>Stays</p>
    </div>
  );
}
const show = (button: boolean) => act(() => render(<Frame button={button} />, document.body));
const button = () => document.querySelector('button') as HTMLButtonElement;

afterEach(() => {
  render(null, document.body);
  put.length = 0;
});

test('the focus gets a new place when its button goes away, by the keyboard', () => {
  show(true);
  button().focus();
  show(false);
  expect(put).toEqual(['']);
});

test('and by the mouse', () => {
  show(true);
  button().dispatchEvent(new PointerEvent('pointerdown', { pointerType: 'mouse', bubbles: true }));
  button().focus();
  show(false);
  expect(put).toEqual(['mouse']);
});

test('but not if the person had taken it elsewhere', async () => {
  show(true);
  button().focus();
  button().blur();
  await Promise.resolve();
  show(false);
  expect(put).toEqual([]);
});
