import { Exchange } from './decode/exchange';
import type { Row } from './decode/row';
import type { Guest } from './guest';

/** As `GET /api/lab/taps/{id}` answers it. */
interface Answer {
  readonly parts: readonly Part[];
  readonly missing: number;
}

interface Part {
  readonly node: string;
  readonly pieces: readonly Piece[];
  readonly last: number;
  readonly requests: number;
  readonly open: number;
  readonly received: number;
  readonly sent: number;
}

interface Piece {
  readonly n: number;
  readonly exchange: number;
  readonly fromClient: boolean;
  readonly at: number;
  /** Base64. */
  readonly data: string;
  readonly cut: number;
}

/** What the server has counted up to now, on all nodes. */
export interface Counts {
  readonly at: number;
  readonly requests: number;
  /** Requests that are not fully answered. */
  readonly open: number;
  readonly up: number;
  readonly down: number;
  /** Nodes that did not say. */
  readonly missing: number;
}

/** Bytes one way, in the order of the wire: what an eavesdropper collects. */
export interface Heard {
  readonly fromClient: boolean;
  readonly data: Uint8Array;
}

const mostHeard = 48 * 1024;

/** Reads what the server copies of the requests that carry one lab id, and understands it. */
export class Tap {
  readonly #read = new Map<string, number>();
  readonly #exchanges = new Map<string, Exchange>();
  #numbers = 0;
  /** The newest bytes. */
  heard: Heard[] = [];

  constructor(
    private readonly guest: Guest,
    readonly id: string,
  ) {}

  /** What is new since the last time. */
  async read(): Promise<{ readonly counts: Counts; readonly rows: readonly Row[] }> {
    const query = new URLSearchParams([...this.#read].map(([node, n]) => ['after', `${node}:${n}`]));
    const { parts, missing } = await this.guest.call<Answer>(`/api/lab/taps/${this.id}?${query}`);
    const sum = (of: (part: Part) => number) => parts.reduce((total, part) => total + of(part), 0);
    const rows = parts.flatMap((part) => this.#take(part)).sort((a, b) => a.at - b.at);
    const counts = {
      at: Date.now(),
      requests: sum((p) => p.requests),
      open: sum((p) => p.open),
      up: sum((p) => p.received),
      down: sum((p) => p.sent),
      missing,
    };
    return { counts, rows };
  }

  #take({ node, pieces, last }: Part): Row[] {
    const rows: Row[] = [];
    let expected = (this.#read.get(node) ?? 0) + 1;
    for (const piece of pieces) {
      const exchange = this.#exchange(`${node} ${piece.exchange}`);
      const from = piece.fromClient ? 'client' : 'server';
      // What came too fast to be kept may have belonged to any of them.
      if (piece.n > expected) for (const other of this.#exchanges.values()) other.lost(from, 0, piece.at);
      expected = piece.n + 1;
      const data = Uint8Array.from(atob(piece.data), (c) => c.charCodeAt(0));
      this.#hear({ fromClient: piece.fromClient, data });
      rows.push(...exchange.push(from, data, piece.at));
      if (piece.cut > 0) rows.push(exchange.lost(from, piece.cut, piece.at));
      if (exchange.over) this.#exchanges.delete(`${node} ${piece.exchange}`);
    }
    this.#read.set(node, last);
    return rows;
  }

  #exchange(key: string): Exchange {
    const known = this.#exchanges.get(key) ?? new Exchange(++this.#numbers);
    this.#exchanges.set(key, known);
    return known;
  }

  #hear(heard: Heard): void {
    this.heard.push(heard);
    let kept = this.heard.reduce((n, h) => n + h.data.length, 0);
    while (kept > mostHeard) kept -= this.heard.shift()?.data.length ?? kept;
  }
}

/** The same bytes over a TLS connection that the server makes for it: what an eavesdropper collects under https. */
export async function sealed(guest: Guest, heard: readonly Heard[]): Promise<Heard[]> {
  const pieces = heard.map(({ fromClient, data }) => ({ fromClient, data: base64(data) }));
  const answer = await guest.call<{ pieces: readonly { fromClient: boolean; data: string }[] }>(
    '/api/lab/tls',
    'POST',
    {
      pieces,
    },
  );
  return answer.pieces.map(({ fromClient, data }) => ({
    fromClient,
    data: Uint8Array.from(atob(data), (c) => c.charCodeAt(0)),
  }));
}

const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''));
