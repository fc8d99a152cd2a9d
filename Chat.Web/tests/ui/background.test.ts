// @vitest-environment happy-dom
// @vitest-environment-options {"url":"http://localhost/"}
import { expect, test, vi } from 'vitest';
import { start } from '../../src/ui/background';
import { fakeChat } from './fakeChat';

test('the browser is asked to keep the storage once something is written, and once', () => {
  const persist = vi.fn(async () => true);
  Object.defineProperty(navigator, 'storage', { value: { persist }, configurable: true });
  const chat = fakeChat({ id: 'me', name: 'Jean', kind: 'guest' });
  const stop = start(chat);
  expect(persist).not.toHaveBeenCalled();
  const entry = { roomId: 'r', clientId: 'c', body: 'x', at: 0, state: 'pending' } as const;
  chat.outbox.value = [entry];
  chat.outbox.value = [entry, { ...entry, clientId: 'd' }];
  expect(persist).toHaveBeenCalledTimes(1);
  stop();
});
