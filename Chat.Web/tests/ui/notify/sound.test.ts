// @vitest-environment happy-dom
// @vitest-environment-options {"url":"http://localhost/"}
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const waiting: (() => void)[] = [];
let state: AudioContextState;
let tones: number;

class FakeAudio {
  readonly currentTime = 0;
  readonly destination = {};
  get state() {
    return state;
  }
  resume = () => new Promise<void>((allowed) => waiting.push(allowed));
  createOscillator() {
    tones++;
    return { frequency: {}, connect: (next: unknown) => next, start() {}, stop() {} };
  }
  createGain() {
    const set = () => {};
    const gain = { setValueAtTime: set, linearRampToValueAtTime: set, exponentialRampToValueAtTime: set };
    return { gain, connect() {} };
  }
}

function allow() {
  state = 'running';
  for (const allowed of waiting) allowed();
}

beforeEach(() => {
  waiting.length = 0;
  state = 'suspended';
  tones = 0;
  vi.resetModules();
  vi.useFakeTimers();
  vi.stubGlobal('AudioContext', FakeAudio);
});

afterEach(() => vi.useRealTimers());

test('what came before the browser let the page be heard is not heard afterwards', async () => {
  const { beep } = await import('../../../src/ui/notify/sound');
  beep();
  beep();
  await vi.advanceTimersByTimeAsync(5_000);
  allow();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(tones).toBe(0);
  await beep();
  expect(tones).toBe(2);
});

test('a device that starts in a moment is waited for', async () => {
  const { beep } = await import('../../../src/ui/notify/sound');
  beep();
  await vi.advanceTimersByTimeAsync(100);
  allow();
  await vi.advanceTimersByTimeAsync(0);
  expect(tones).toBe(2);
});

test('the first click lets the page be heard', async () => {
  const resume = vi.fn(async () => {});
  vi.stubGlobal(
    'AudioContext',
    class extends FakeAudio {
      override resume = resume;
    },
  );
  await import('../../../src/ui/notify/sound');
  expect(resume).not.toHaveBeenCalled();
  document.body.click();
  document.body.click();
  expect(resume).toHaveBeenCalledTimes(1);
});
