import { describe, expect, test } from 'vitest';
import { safeLink } from '../../src/text/safeLink';

const origin = 'https://chat.example';
const host = (href: string, text: string) => safeLink(href, text, origin)?.host;

describe('safeLink', () => {
  test.each([
    'javascript:alert(1)',
    'JAVASCRIPT:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,x',
    'blob:https://a/b',
    'file:///etc/passwd',
    'vbscript:x',
    '//evil.example',
    '/r/1/2',
    'https:evil.example',
    'https://',
    'http://a b/',
    'https://a\u202eb.example',
    '',
  ])('%j may not be followed', (href) => expect(safeLink(href, href, origin)).toBeNull());

  test.each([
    ['https://a.example/x', 'https://a.example/x'],
    ['https://a.example/x', 'a.example/x'],
    ['http://www.a.example', 'www.a.example'],
    ['HTTPS://A.example', 'HTTPS://A.example'],
    ['https://a.example:8443/x', 'https://a.example:8443/x'],
    ['mailto:jo@a.example', 'jo@a.example'],
  ])('%j shown as %j tells by itself where it goes', (href, text) => expect(host(href, text)).toBe(''));

  test.each([
    ['https://evil.example/x', 'click here', 'evil.example'],
    ['https://evil.example', 'https://bank.example', 'evil.example'],
    ['https://bank.example.evil.example', 'https://bank.example', 'bank.example.evil.example'],
    ['https://bank.example@evil.example/', 'https://bank.example@evil.example/', 'evil.example'],
    ['https://bank.example:x@evil.example/', 'https://bank.example', 'evil.example'],
    ['https://аррӏе.com/', 'https://аррӏе.com/', 'xn--80ak6aa92e.com'],
    ['https://evil.example', 'https://evil.example\u202e/moc.knab', 'evil.example'],
    ['https://a.example:444/', 'https://a.example/', 'a.example:444'],
    ['mailto:evil@evil.example', 'ann@bank.example', 'evil@evil.example'],
  ])('%j shown as %j says %j', (href, text, said) => expect(host(href, text)).toBe(said));

  test('knows its own origin, and only that', () => {
    expect(safeLink('https://chat.example/r/1/2', 'x', origin)?.own).toBe(true);
    expect(safeLink('https://chat.example.evil/r/1/2', 'x', origin)?.own).toBe(false);
    expect(safeLink('http://chat.example/r/1/2', 'x', origin)?.own).toBe(false);
  });
});
