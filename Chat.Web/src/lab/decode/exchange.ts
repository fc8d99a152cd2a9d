import { describeFrame, frameText, isControl, readFrame } from './frames';
import { type Head, readChunk, readHead } from './head';
import { joined, type Row, type RowKind, type Side, textOf } from './row';

type State = 'head' | 'length' | 'chunks' | 'frames' | 'over' | 'blind';

/** What one side says in one exchange, as far as it has come. */
class Half {
  state: State = 'head';
  rest = new Uint8Array();
  /** Bytes of the body that are still to come. */
  due = 0;
  type = '';
}

/**
 * One request and its answer over HTTP/1.1, which may become a WebSocket or never end: turns the bytes, in whatever pieces they come, into rows. Each
 * byte is in one row.
 */
export class Exchange {
  readonly #halves: Readonly<Record<Side, Half>> = { client: new Half(), server: new Half() };

  constructor(readonly number: number) {}

  /** Whether all of it has been said. */
  get over(): boolean {
    return this.#halves.client.state === 'over' && this.#halves.server.state === 'over';
  }

  push(from: Side, bytes: Uint8Array, at: number): Row[] {
    const half = this.#halves[from];
    half.rest = joined(half.rest, bytes) as Uint8Array<ArrayBuffer>;
    const rows: Row[] = [];
    const take = (kind: RowKind, size: number, title: string, text: string) => {
      half.rest = half.rest.slice(size);
      rows.push({ exchange: this.number, from, kind, at, bytes: size, title, text });
    };
    while (half.rest.length > 0 && this.#step(from, half, take));
    return rows;
  }

  /** Some bytes are missing: what follows of this side cannot be understood any more. */
  lost(from: Side, bytes: number, at: number): Row {
    const half = this.#halves[from];
    half.state = 'blind';
    half.rest = new Uint8Array();
    return { exchange: this.number, from, kind: 'lost', at, bytes, title: '', text: '' };
  }

  /** Takes one thing off the rest; false while it is not complete. */
  #step(from: Side, half: Half, take: (kind: RowKind, size: number, title: string, text: string) => void): boolean {
    switch (half.state) {
      case 'head': {
        const head = readHead(half.rest);
        if (!head) return false;
        const kind = this.#follows(from, half, head);
        take(kind, head.size, head.line, head.text);
        return true;
      }
      case 'length': {
        if (half.rest.length < half.due) return false;
        half.state = 'over';
        take('body', half.due, half.type, textOf(half.rest.subarray(0, half.due)));
        return true;
      }
      case 'chunks': {
        const chunk = readChunk(half.rest);
        if (chunk === null) return false;
        if (chunk === 'broken') {
          half.state = 'blind';
          return true;
        }
        if (chunk.data.length === 0) half.state = 'over';
        const text = textOf(chunk.data);
        take(kindOf(half.type, text), chunk.size, `${chunk.data.length.toString(16)} (${chunk.data.length})`, text);
        return true;
      }
      case 'frames': {
        const frame = readFrame(half.rest);
        if (!frame) return false;
        const beat = isControl(frame) && frame.opcode !== 8;
        take(beat ? 'beat' : 'frame', frame.size, describeFrame(frame), frameText(frame));
        return true;
      }
      default:
        take('lost', half.rest.length, '', textOf(half.rest));
        return true;
    }
  }

  /** What comes after a head. */
  #follows(from: Side, half: Half, { line, headers }: Head): RowKind {
    const length = Number(headers.get('content-length') ?? 0);
    half.type = headers.get('content-type') ?? '';
    const chunked = headers.get('transfer-encoding')?.toLowerCase() === 'chunked';
    half.state = chunked ? 'chunks' : length > 0 ? 'length' : 'over';
    half.due = length;
    if (from === 'client') {
      // If the server agrees, nothing but frames follows; if not, nothing.
      if (headers.has('upgrade')) half.state = 'frames';
      return 'request';
    }
    const status = /^HTTP\/1\.1 (\d+)/.exec(line)?.[1] ?? '';
    if (status === '101') half.state = 'frames';
    else if (status.startsWith('1')) half.state = 'head';
    return status === '101' ? 'upgrade' : 'response';
  }
}

/** What a chunk is for who reads the stream. */
function kindOf(type: string, text: string): RowKind {
  if (text === '') return 'end';
  if (type.startsWith('text/event-stream')) return /^:|^\s*$/.test(text) ? 'beat' : 'event';
  if (type.startsWith('text/html')) return text.includes('<script') ? 'script' : 'beat';
  return 'chunk';
}
