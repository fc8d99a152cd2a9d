/** What somebody who listens between browser and server sees go by: one thing after the other. */
export type Side = 'client' | 'server';

export type RowKind =
  | 'request' // the head of a request
  | 'response' // the head of an answer
  | 'upgrade' // 101: from here on it is another protocol
  | 'body' // all of a body, or what came of it
  | 'chunk' // a piece of an answer without a known length
  | 'event' // a chunk that is lines of an event stream
  | 'beat' // a chunk that means nothing, or a frame of that kind
  | 'script' // a chunk with a script in it
  | 'end' // the last chunk
  | 'frame' // of a WebSocket
  | 'lost'; // not kept by the server, or not understood

export interface Row {
  readonly exchange: number;
  readonly from: Side;
  readonly kind: RowKind;
  /** Milliseconds since 1970, of its last byte. */
  readonly at: number;
  /** Bytes on the wire. */
  readonly bytes: number;
  /** What it is, as the protocol calls it. */
  readonly title: string;
  /** What it says; a masked frame's payload without the mask, whose key stands in the frame. */
  readonly text: string;
}

const utf8 = new TextDecoder();
export const textOf = (bytes: Uint8Array): string => utf8.decode(bytes);

export function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
