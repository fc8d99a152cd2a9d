import { expect, test, vi } from 'vitest';

type Handler = (event: unknown) => void;

async function click(tabs: readonly unknown[]) {
  const handlers = new Map<string, Handler>();
  const openWindow = vi.fn(async () => null);
  vi.stubGlobal('__INDEX__', 'v');
  vi.stubGlobal('__FILES__', []);
  vi.stubGlobal('self', {
    addEventListener: (name: string, handler: Handler) => handlers.set(name, handler),
    clients: { matchAll: async () => tabs, openWindow },
  });
  vi.resetModules();
  await import('../../src/sw');
  let done: Promise<void> | undefined;
  handlers.get('notificationclick')?.({
    notification: { close() {}, data: { path: '/r/abc/42' } },
    waitUntil: (work: Promise<void>) => {
      done = work;
    },
  });
  await done;
  vi.unstubAllGlobals();
  return openWindow;
}

test('a clicked notification is shown by the tab that is there, without loading it anew', async () => {
  const tab = { postMessage: vi.fn(), focus: vi.fn(async () => tab), navigate: vi.fn() };
  const openWindow = await click([tab]);
  expect(tab.postMessage).toHaveBeenCalledWith({ go: '/r/abc/42' });
  expect(tab.focus).toHaveBeenCalled();
  expect(tab.navigate).not.toHaveBeenCalled();
  expect(openWindow).not.toHaveBeenCalled();
});

test('a clicked notification opens a tab where there is none', async () => {
  expect(await click([])).toHaveBeenCalledWith('/r/abc/42');
});
