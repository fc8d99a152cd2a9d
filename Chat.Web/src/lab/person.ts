import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { newClientId } from '../chat/clientIds';
import { Backoff } from '../relay/backoff';
import { pause } from '../relay/wait';
import type { ChatEvent } from '../wire/contract';
import { textOf } from '../wire/refusal';
import type { Row } from './decode/row';
import { costOf, median, quantile, type Sample } from './figures';
import { type Guest, randomName } from './guest';
import type { Kind } from './kinds';
import { type Counts, Tap } from './tap';
import { open } from './transports/open';
import type { Transport } from './transports/transport';

export interface Said {
  readonly clientId: string;
  readonly mine: boolean;
  readonly body: string;
  /** `waits`: the server has not said yet that it has it. */
  readonly state: 'waits' | 'sent' | 'failed';
  /** Milliseconds from the other's Send to here; null where that is not known. */
  readonly delay: number | null;
}

/** One moment of the plot: what went by since the moment before. */
export interface Tick {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly up: number;
  readonly down: number;
}

export interface Delay {
  readonly at: number;
  readonly ms: number;
}

const most = { rows: 300, ticks: 62, delays: 200, said: 100 };

/** When each message was given to be sent, on this page's clock, which both people share. */
export type SentTimes = Map<string, number>;

/** J or D on one transport, with what that costs. Stays connected until `stop`; `choose` starts everything anew. */
export class Person {
  readonly kind = signal<Kind>('signalrWebSockets');
  readonly state = signal<'opening' | 'open' | 'broken'>('opening');
  readonly trouble = signal('');
  readonly said = signal<readonly Said[]>([]);
  readonly delays = signal<readonly Delay[]>([]);
  readonly rows = signal<readonly Row[]>([]);
  readonly ticks = signal<readonly Tick[]>([]);
  readonly counts = signal<Counts | null>(null);
  /** Milliseconds between two short polls. */
  readonly interval = signal(1_000);
  readonly #samples = signal<readonly Sample[]>([]);
  readonly cost = computed(() => costOf(this.#samples.value));
  readonly typical: ReadonlySignal<{ median: number | null; p90: number | null }> = computed(() => {
    const values = this.delays.value.map((d) => d.ms);
    return { median: median(values), p90: quantile(values, 0.9) };
  });
  tap: Tap;
  #stop = new AbortController();
  #transport: Transport | null = null;
  #seen: number;
  #passed = 0;
  #reading: Promise<Counts> | null = null;

  /** @param head the room's newest number: what was before is not asked for. */
  constructor(
    readonly letter: 'J' | 'D',
    readonly guest: Guest,
    private readonly roomId: string,
    private readonly sentTimes: SentTimes,
    head: number,
  ) {
    this.#seen = head;
    this.tap = new Tap(guest, randomName(32));
  }

  get seen(): number {
    return this.#seen;
  }

  /** Leaves the transport in use for this one; figures begin anew. */
  choose(kind: Kind): void {
    this.stop();
    this.#stop = new AbortController();
    this.kind.value = kind;
    this.state.value = 'opening';
    this.tap = new Tap(this.guest, randomName(32));
    this.#passed = 0;
    this.rows.value = [];
    this.delays.value = [];
    this.ticks.value = [];
    this.#samples.value = [];
    this.counts.value = null;
    void this.#run(kind, this.tap.id, this.#stop.signal);
  }

  /** What was said up to this number, to others, is not asked for. */
  skipTo(seq: number): void {
    this.#seen = Math.max(this.#seen, seq);
  }

  stop(): void {
    this.#stop.abort();
    this.#transport = null;
  }

  /** Rejects if the server did not take it. What is written while nothing is open waits for the transport. */
  async send(body: string): Promise<string> {
    const clientId = newClientId();
    this.#show({ clientId, mine: true, body, state: 'waits', delay: null });
    try {
      const transport = await this.#whenOpen();
      this.sentTimes.set(clientId, performance.now());
      await transport.send(clientId, body);
      this.#passed++;
      this.#change(clientId, { state: 'sent' });
      return clientId;
    } catch (e) {
      this.#change(clientId, { state: 'failed' });
      throw e;
    }
  }

  /** Resolves when it is open; rejects after so many milliseconds. */
  async opened(patience: number): Promise<void> {
    await this.#until(() => this.state.value === 'open', patience);
  }

  /** Resolves when this message has come; rejects after so many milliseconds. */
  async sees(clientId: string, patience: number): Promise<void> {
    await this.#until(() => this.said.value.some((s) => s.clientId === clientId && !s.mine), patience);
  }

  /** Takes what the server has copied since the last time. One at a time. */
  read(): Promise<Counts> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(): Promise<Counts> {
    const { tap } = this;
    const { counts, rows } = await tap.read();
    if (tap !== this.tap) return counts;
    const before = this.counts.value;
    if (before) {
      const tick = { at: counts.at, up: counts.up - before.up, down: counts.down - before.down };
      this.ticks.value = [...this.ticks.value, tick].slice(-most.ticks);
    }
    if (rows.length > 0) this.rows.value = [...this.rows.value, ...rows].slice(-most.rows);
    // Where the server sees no requests, nothing is known of what they cost.
    if (this.state.value === 'open' && counts.requests > 0) {
      const { at, requests, up, down } = counts;
      this.#samples.value = [...this.#samples.value, { at, requests, bytes: up + down, messages: this.#passed }];
    }
    this.counts.value = counts;
    return counts;
  }

  async #run(kind: Kind, lab: string, stop: AbortSignal): Promise<void> {
    const backoff = new Backoff(500, 10_000, 100);
    while (!stop.aborted) {
      const transport = open(kind, {
        guest: this.guest,
        roomId: this.roomId,
        lab,
        after: () => this.#seen,
        received: (event) => {
          if (!stop.aborted) this.#received(event);
        },
        interval: this.interval.value,
      });
      const close = () => transport.close();
      stop.addEventListener('abort', close, { once: true });
      try {
        await transport.opened;
        if (stop.aborted) return;
        backoff.reset();
        this.#transport = transport;
        this.state.value = 'open';
        this.trouble.value = '';
        await transport.over;
      } catch (e) {
        if (!stop.aborted) this.trouble.value = textOf(e);
      }
      stop.removeEventListener('abort', close);
      close();
      if (stop.aborted) return;
      this.#transport = null;
      this.state.value = 'broken';
      await pause(backoff.next(), stop);
    }
  }

  #received(event: ChatEvent): void {
    if (event.seq <= this.#seen) return; // a stream that was resumed may say a thing twice
    this.#seen = event.seq;
    const { clientId, body } = event;
    if (event.type !== 'message' || clientId === undefined || event.sender.id === this.guest.user.id) return;
    const sent = this.sentTimes.get(clientId);
    const delay = sent === undefined ? null : performance.now() - sent;
    this.#passed++;
    if (delay !== null) this.delays.value = [...this.delays.value, { at: Date.now(), ms: delay }].slice(-most.delays);
    this.#show({ clientId, mine: false, body: body ?? '', state: 'sent', delay });
  }

  #show(said: Said): void {
    this.said.value = [...this.said.value, said].slice(-most.said);
  }

  #change(clientId: string, change: Partial<Said>): void {
    this.said.value = this.said.value.map((s) => (s.clientId === clientId && s.mine ? { ...s, ...change } : s));
  }

  async #whenOpen(): Promise<Transport> {
    await this.#until(() => this.#transport !== null, 20_000);
    return this.#transport as Transport;
  }

  #until(condition: () => boolean, patience: number): Promise<void> {
    const { signal: stopped } = this.#stop;
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        queueMicrotask(() => unsubscribe());
        stopped.removeEventListener('abort', stop);
        settle();
      };
      const fail = () => end(() => reject(new Error(this.trouble.value || 'Nothing came.')));
      const stop = () => fail();
      const timer = setTimeout(fail, patience);
      stopped.addEventListener('abort', stop);
      const changed = computed(() => [this.state.value, this.said.value]);
      const unsubscribe = changed.subscribe(() => {
        if (condition()) end(resolve);
      });
    });
  }
}
