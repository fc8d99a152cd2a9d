import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpError } from '@microsoft/signalr';
import { expect, test } from 'vitest';
import { HttpWatch, refusalOf } from '../../src/relay/transports';

const problem = (code: string, detail?: string) =>
  JSON.stringify({ type: 'about:blank', title: 'A title', status: 1, detail, code });

test.each([
  [401, '', 'unauthenticated'],
  [401, '<html>Sign in</html>', 'unauthenticated'],
  [403, problem('forbidden'), 'forbidden'],
  [404, problem('not_found'), 'not_found'],
  [400, problem('invalid', 'a detail with "code":"other" in it'), 'invalid'],
])('a %i with %s is the server: for good', (status, body, code) => {
  expect(refusalOf(new HttpError(body, status))).toMatchObject({ code, mayRetry: false });
});

test.each([
  [404, '404 page not found'],
  [403, '<html>Forbidden</html>'],
  [400, 'Bad Request'],
  [404, '{"code":"not_found"}'],
  [502, ''],
  [503, problem('unavailable')],
  [429, problem('rate_limited')],
])('a %i with %s will pass', (status, body) => {
  expect(refusalOf(new HttpError(body, status)).mayRetry).toBe(true);
});

test.each([
  ['a connection', { negotiateVersion: 1, connectionId: 'c', connectionToken: 't', availableTransports: [] }, true],
  ['another node', { negotiateVersion: 0, url: 'http://127.0.0.1/hubs/chat?node=n', availableTransports: [] }, false],
])('a negotiation that is answered with %s', async (_, answer, negotiated) => {
  const server = createServer((_, response) => response.end(JSON.stringify(answer)));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const watch = new HttpWatch();
  const { port } = server.address() as AddressInfo;
  await watch.post(`http://127.0.0.1:${port}/hubs/chat/negotiate?negotiateVersion=1`);
  server.close();
  expect(watch.negotiated).toBe(negotiated);
});

async function negotiated(url: string): Promise<string> {
  const server = createServer((_, response) =>
    response.end(JSON.stringify({ url, accessToken: 'another', availableTransports: [] })),
  );
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  try {
    const answer = await new HttpWatch().post(`http://127.0.0.1:${port}/hubs/chat/negotiate?negotiateVersion=1`);
    return String(answer.content).replace(`:${port}`, ':PORT');
  } finally {
    server.close();
  }
}

test.each(['http://127.0.0.1/hubs/chat?node=n', 'https://127.0.0.1:1/hubs/chat?node=n', '/hubs/chat?node=n'])(
  'of an address on the same host only path and query count: %s',
  async (url) => {
    expect(JSON.parse(await negotiated(url))).toEqual({
      url: 'http://127.0.0.1:PORT/hubs/chat?node=n',
      availableTransports: [],
    });
  },
);

test.each(['http://evil.example/hubs/chat', '//evil.example/hubs/chat', 'http://127.0.0.1.evil.example/'])(
  'a negotiation that leads to another host is refused: %s',
  async (url) => {
    await expect(negotiated(url)).rejects.toMatchObject({ code: 'unavailable' });
  },
);
