import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Exchange } from '../../src/lab/decode/exchange';
import type { Row, Side } from '../../src/lab/decode/row';

type Part = readonly [Side, Uint8Array];

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const c = (text: string): Part => ['client', bytes(text)];
const s = (text: string): Part => ['server', bytes(text)];

function rows(parts: readonly Part[]): Row[] {
  const exchange = new Exchange(7);
  return parts.flatMap(([from, data], i) => exchange.push(from, data, i));
}

const brief = (all: readonly Row[]) => all.map(({ from, kind, title, text }) => [from, kind, title, text]);

/** A frame of a WebSocket, as RFC 6455 has it. */
function frame(opcode: number, payload: Uint8Array, mask: readonly number[] | null, fin = true): Uint8Array {
  const { length } = payload;
  const size =
    length < 126
      ? [length]
      : length < 65536
        ? [126, length >> 8, length & 255]
        : [127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((n) => (length >> n) & 255)];
  const head = [(fin ? 0x80 : 0) | opcode, (mask ? 0x80 : 0) | (size[0] ?? 0), ...size.slice(1), ...(mask ?? [])];
  return Uint8Array.from([...head, ...payload.map((b, i) => b ^ (mask?.[i % 4] ?? 0))]);
}

const upgrade = [
  c('GET /x HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
  s('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'),
];

describe('an exchange over HTTP/1.1', () => {
  test('is a request and an answer with their bodies', () => {
    const post = 'POST /m HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n';
    const all = rows([c(`${post}{"a"`), c(':12}'), s('HTTP/1.1 204 No Content\r\n\r\n')]);
    expect(brief(all)).toEqual([
      ['client', 'request', 'POST /m HTTP/1.1', post],
      ['client', 'body', 'application/json', '{"a":12}'],
      ['server', 'response', 'HTTP/1.1 204 No Content', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ]);
  });

  test('shows an event stream by its chunks, and tells a heartbeat from an event', () => {
    const all = rows([
      c('GET /stream HTTP/1.1\r\n\r\n'),
      s('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'),
      s('3\r\n:\n\n\r\n'),
      s('22\r\nid: 5\nevent: message\ndata'),
      s(': hello\n\n\r\n0\r\n\r\n'),
    ]);
    expect(brief(all).slice(2)).toEqual([
      ['server', 'beat', '3 (3)', ':\n\n'],
      ['server', 'event', '22 (34)', 'id: 5\nevent: message\ndata: hello\n\n'],
      ['server', 'end', '0 (0)', ''],
    ]);
  });

  test('shows the scripts of a page that never ends', () => {
    const script = '<script>parent.f({"seq":1})</script>\n';
    const all = rows([
      s('HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n'),
      s(`${script.length.toString(16)}\r\n${script}\r\n8\r\n<!---->\n\r\n`),
    ]);
    expect(all.map((row) => row.kind)).toEqual(['response', 'script', 'beat']);
  });

  test('becomes frames after 101, whose mask is taken off', () => {
    const long = 'x'.repeat(70_000);
    const all = rows([
      ...upgrade,
      ['client', frame(1, bytes('hello'), [1, 2, 3, 4])],
      ['server', frame(1, bytes('y'.repeat(300)), null, false)],
      ['server', frame(0, bytes(long), null)],
      ['server', frame(9, bytes(''), null)],
      ['client', frame(8, Uint8Array.from([3, 232, ...bytes('bye')]), [9, 9, 9, 9])],
    ]);
    expect(brief(all).slice(1)).toEqual([
      ['server', 'upgrade', 'HTTP/1.1 101 Switching Protocols', expect.any(String)],
      ['client', 'frame', 'text (opcode 1), length 5, mask 01020304', 'hello'],
      ['server', 'frame', 'text (opcode 1), length 300, no mask, more follows (FIN 0)', 'y'.repeat(300)],
      ['server', 'frame', 'continuation (opcode 0), length 70000, no mask', long],
      ['server', 'beat', 'ping (opcode 9), length 0, no mask', ''],
      ['client', 'frame', 'close (opcode 8), length 5, mask 09090909', '1000 bye'],
    ]);
  });

  test('is the same rows in whatever pieces it comes, and each byte is in one of them', () => {
    const wholes: readonly Part[] = [
      ...upgrade,
      ['server', joined([frame(1, bytes('a'), null), frame(1, bytes('b'.repeat(200)), null)])],
      ['client', joined([frame(1, bytes('c'), [1, 2, 3, 4]), frame(10, bytes(''), [5, 6, 7, 8])])],
    ];
    const expected = brief(rows(wholes));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (size) => {
        const cut = wholes.flatMap(([from, data]): Part[] =>
          Array.from({ length: Math.ceil(data.length / size) }, (_, i) => [from, data.slice(i * size, (i + 1) * size)]),
        );
        const all = rows(cut);
        expect(brief(all)).toEqual(expected);
        expect(all.reduce((n, row) => n + row.bytes, 0)).toBe(wholes.reduce((n, [, data]) => n + data.length, 0));
      }),
    );
  });

  test('does not make sense of what follows a gap', () => {
    const exchange = new Exchange(1);
    for (const [from, data] of upgrade) exchange.push(from, data, 0);
    expect(exchange.lost('server', 99, 1)).toMatchObject({ kind: 'lost', bytes: 99 });
    expect(exchange.push('server', bytes('rest'), 2)).toMatchObject([{ kind: 'lost', bytes: 4, text: 'rest' }]);
  });

  test('does not take for a chunk what is none', () => {
    const all = rows([s('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno chunk at all, but a text\n')]);
    expect(all.map((row) => row.kind)).toEqual(['response', 'lost']);
  });
});

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
