import { describe, expect, test } from 'vitest';
import { route } from '../../src/sw/route';

const origin = 'https://chat.example';
const ask = (path: string, mode = 'cors', method = 'GET') =>
  route({ method, mode, url: new URL(path, origin).href }, origin);

describe('the service worker', () => {
  test.each(['/', '/?invite=1', '/r/abc', '/r/abc/42', '/r/abc/', '/r/%F0%9F%8E%89', '/r/abc?x=/api/'])(
    'opens %s from the kept page',
    (path) => {
      expect(ask(path, 'navigate')).toBe('page');
    },
  );

  test.each([
    '/api/account',
    '/hubs/chat',
    '/health/ready',
    '/openapi/v1.json',
    '/r',
    '/r/',
    '/r/a/b',
    '/r/a/1/2',
    '/assets/a.js',
    '/x',
  ])('leaves a tab that opens %s to the server', (path) => expect(ask(path, 'navigate')).toBe('network'));

  test('keeps the files that are named by their content', () => {
    expect(ask('/assets/index-abc123.js')).toBe('file');
  });

  test.each([
    '/api/rooms',
    '/hubs/chat/negotiate',
    '/hubs/chat?id=1',
    '/health/live',
    '/openapi/v1.json',
    '/',
    '/r/abc',
    '/sw.js',
    '/favicon.svg',
  ])('never touches a request for %s', (path) => expect(ask(path)).toBe('network'));

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'])('never touches a %s', (method) => {
    expect(ask('/assets/index-abc123.js', 'cors', method)).toBe('network');
    expect(ask('/r/abc', 'navigate', method)).toBe('network');
  });

  test('never touches another origin', () => {
    expect(ask('https://elsewhere.example/assets/a.js')).toBe('network');
    expect(ask('https://chat.example:8443/', 'navigate')).toBe('network');
  });
});
