import { afterEach, expect, test, vi } from 'vitest';
import { call } from '../../src/wire/http';

afterEach(() => vi.unstubAllGlobals());

test('what is sent to the server does not follow a redirect', async () => {
  const fetched = vi.fn((_: string, _init: RequestInit) => Promise.reject(new TypeError('redirected')));
  vi.stubGlobal('fetch', fetched);

  await expect(
    call('/api/account/login', { method: 'POST', body: { name: 'jo', password: 'a secret' } }),
  ).rejects.toThrow(TypeError);

  expect(fetched).toHaveBeenCalledOnce();
  expect(fetched.mock.calls[0]?.[1].redirect).toBe('error');
});
