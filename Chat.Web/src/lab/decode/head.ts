import { textOf } from './row';

/** The head of an HTTP/1.1 message (RFC 9112). */
export interface Head {
  /** Its first line. */
  readonly line: string;
  /** By name in lower case; of a repeated one the last. */
  readonly headers: ReadonlyMap<string, string>;
  /** As it went over the wire. */
  readonly text: string;
  /** Bytes, with the empty line. */
  readonly size: number;
}

/** The head that the bytes begin with; null while it is not complete. */
export function readHead(bytes: Uint8Array): Head | null {
  const end = emptyLine(bytes);
  if (end < 0) return null;
  const text = textOf(bytes.subarray(0, end));
  const [line = '', ...fields] = text.trimEnd().split('\r\n');
  const headers = new Map(
    fields.map((field) => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
    }),
  );
  return { line, headers, text, size: end };
}

function emptyLine(bytes: Uint8Array): number {
  for (let i = 3; i < bytes.length; i++)
    if (bytes[i] === 10 && bytes[i - 1] === 13 && bytes[i - 2] === 10 && bytes[i - 3] === 13) return i + 1;
  return -1;
}

/** A chunk of a body (RFC 9112, section 7.1). */
export interface Chunk {
  readonly data: Uint8Array;
  /** Bytes with its size line and its line end. */
  readonly size: number;
}

/** The chunk that the bytes begin with; null while it is not complete, 'broken' if it is none. */
export function readChunk(bytes: Uint8Array): Chunk | null | 'broken' {
  const end = bytes.indexOf(10);
  if (end < 0) return bytes.length > 18 ? 'broken' : null;
  const line = /^([0-9a-f]{1,8})(;.*)?\r$/i.exec(textOf(bytes.subarray(0, end)));
  if (!line) return 'broken';
  const length = Number.parseInt(line[1] ?? '', 16);
  const size = end + 1 + length + 2;
  if (bytes.length < size) return null;
  return bytes[size - 1] === 10 ? { data: bytes.slice(end + 1, end + 1 + length), size } : 'broken';
}
