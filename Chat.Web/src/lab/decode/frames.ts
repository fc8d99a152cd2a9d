import { textOf } from './row';

/** One frame of a WebSocket (RFC 6455, section 5.2). */
export interface Frame {
  readonly fin: boolean;
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  readonly opcode: number;
  /** The key, as hex; null: not masked. */
  readonly mask: string | null;
  /** Without the mask. */
  readonly payload: Uint8Array;
  /** Bytes of the whole frame. */
  readonly size: number;
}

const names: Readonly<Record<number, string>> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};

export const isControl = (frame: Frame): boolean => frame.opcode >= 8;

/** The first frame in the bytes; null while it is not complete. */
export function readFrame(bytes: Uint8Array): Frame | null {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return null;
  const masked = (second & 0x80) !== 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 2;
  let length = second & 0x7f;
  if (length === 126) {
    if (bytes.length < 4) return null;
    length = view.getUint16(2);
    at = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return null;
    length = Number(view.getBigUint64(2));
    at = 10;
  }
  const key = masked ? bytes.subarray(at, at + 4) : null;
  if (masked) at += 4;
  if (bytes.length < at + length) return null;
  const payload = bytes.slice(at, at + length);
  if (key) for (let i = 0; i < payload.length; i++) payload[i] = (payload[i] ?? 0) ^ (key[i % 4] ?? 0);
  return {
    fin: (first & 0x80) !== 0,
    opcode: first & 0x0f,
    mask: key && Array.from(key, (b) => b.toString(16).padStart(2, '0')).join(''),
    payload,
    size: at + length,
  };
}

/** Such as `text (1), 87 bytes, masked with 1f0a22c4`. */
export function describeFrame({ fin, opcode, mask, payload }: Frame): string {
  const name = `${names[opcode] ?? 'reserved'} (opcode ${opcode})`;
  return [
    name,
    `length ${payload.length}`,
    mask ? `mask ${mask}` : 'no mask',
    ...(fin ? [] : ['more follows (FIN 0)']),
  ].join(', ');
}

/** What it says; of a close frame its code and reason. */
export function frameText({ opcode, payload }: Frame): string {
  if (opcode !== 8 || payload.length < 2) return textOf(payload);
  return `${((payload[0] ?? 0) << 8) | (payload[1] ?? 0)} ${textOf(payload.subarray(2))}`.trim();
}
