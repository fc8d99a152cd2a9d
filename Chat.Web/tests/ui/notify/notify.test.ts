// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest';
import { startNotifying } from '../../../src/ui/notify/notify';
import { home, room, route } from '../../../src/ui/route';
import { fakeChat } from '../fakeChat';

afterEach(() => {
  vi.unstubAllGlobals();
  route.value = home;
});

function start() {
  const worker = new EventTarget();
  vi.stubGlobal('navigator', { serviceWorker: worker });
  const stop = startNotifying(fakeChat({ id: 'u', name: 'Jo', kind: 'guest' }));
  return { stop, says: (data: unknown) => worker.dispatchEvent(new MessageEvent('message', { data })) };
}

test('the page goes where the service worker says, until it stops', () => {
  const { stop, says } = start();
  says({ go: '/r/abc/42' });
  expect(route.value).toEqual(room('abc', 42));
  stop();
  says({ go: '/r/other' });
  expect(route.value).toEqual(room('abc', 42));
});

test.each([null, 'x', {}, { go: 1 }, { go: '/' }, { go: 'https://elsewhere.example/r/abc' }, { go: '//r/abc' }])(
  'the page stays where it is at %j',
  (data) => {
    const { stop, says } = start();
    says(data);
    expect(route.value).toEqual(home);
    stop();
  },
);
