import { expect, test } from 'vitest';
import { names } from '../../src/chat/mentions';

test.each([
  ['hello @ann', 'Ann', true],
  ['@ANN, hello', 'ann', true],
  ['ask @ann.', 'ann', true],
  ['(@ann)', 'ann', true],
  ['@ann-marie', 'ann', false],
  ['@anna', 'ann', false],
  ['mail bob@ann.example', 'ann', false],
  ['@ann.b', 'ann.b', true],
  ['ann', 'ann', false],
  ['@Ａｎｎ', 'ann', true],
  ['你好 @李雷，你好', '李雷', true],
  ['@', 'ann', false],
])('%s names %s: %s', (body, name, expected) => expect(names(body, name)).toBe(expected));
