import { expect, test, vi } from 'vitest';

vi.stubGlobal('navigator', { languages: ['en'] });
const { reasonText } = await import('../../../src/ui/connection/reasonText');

test('why the server refused is said in the language of the page, and not in its own', () => {
  expect(reasonText({ code: 'refused', error: 'unauthenticated', detail: 'Sign in first.' })).toBe(
    'The server refused: You are not signed in any more.',
  );
});

test('a transport goes by its name', () => {
  expect(reasonText({ code: 'fell_back', from: 'webSockets' })).toBe('WebSocket did not work, so this was taken.');
});
