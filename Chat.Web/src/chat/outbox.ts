import { signal } from '@preact/signals';
import type { Store, StoredMessage } from '../store/store';
import { bodyBytes } from '../text/size';
import { limits, type NewMessage, type SendResult, type WireError } from '../wire/contract';
import { Refusal } from '../wire/refusal';
import { newClientId } from './clientIds';
import type { OutboxEntry } from './model';

const mostEntries = 10_000;
/** A message above this would not pass as a hub message, and would break the connection again and again. */
const mostBytes = limits.hubMessageBytes - 1024;
const utf8 = new TextEncoder();

/** What I have written and the server has not yet brought back: from the store, with what this tab knows about it. */
export class Outbox {
  #waiting: readonly StoredMessage[] = [];
  /** Acknowledged; shown until their events come. By client id. */
  readonly #sent = new Map<string, OutboxEntry>();
  readonly #notes = new Map<string, WireError>();
  /** On their way into the store, which may be slow; shown as if they were there. */
  #adding: readonly StoredMessage[] = [];
  /** In the order of writing. */
  readonly all = signal<readonly OutboxEntry[]>([]);
  #loads = 0;
  /** What left the outbox while the store was being read. */
  readonly #doneMeanwhile = new Set<string>();

  /** `changed`: told the rooms whose entries have changed. */
  constructor(
    private readonly store: Store,
    private readonly changed: (roomIds: readonly string[]) => void,
  ) {}

  /** In the order of writing; of one room, or all. */
  entries(roomId?: string): readonly OutboxEntry[] {
    const all = this.all.peek();
    return roomId === undefined ? all : all.filter((e) => e.roomId === roomId);
  }

  /** Reads the store again. */
  async load(): Promise<void> {
    this.#loads++;
    const stored = (await this.store.outbox()).filter((m) => !this.#doneMeanwhile.has(m.clientId));
    const ids = new Set(stored.map((m) => m.clientId));
    this.#waiting = [...stored, ...this.#adding.filter((m) => !ids.has(m.clientId))];
    if (--this.#loads === 0) this.#doneMeanwhile.clear();
    this.#show();
  }

  /**
   * Resolves when the message is stored, and `draft`, of which it was made, is not any more. Rejects with a `Refusal`
   * if it can never be sent.
   */
  async add(message: Omit<StoredMessage, 'order' | 'clientId' | 'at'>, draft?: string): Promise<void> {
    const written = { ...message, clientId: newClientId(), at: Date.now() };
    const bytes = bodyBytes(message.body);
    if (bytes === 0) throw new Refusal('invalid', 'body: it is empty');
    if (bytes > limits.bodyBytes || wireBytes(written) > mostBytes)
      throw new Refusal('too_large', `body: at most ${limits.bodyBytes} bytes of UTF-8`);
    if (this.#waiting.length >= mostEntries) throw new Refusal('unavailable', `${mostEntries} messages wait.`);
    const shown = { ...written, order: Number.POSITIVE_INFINITY };
    this.#adding = [...this.#adding, shown];
    this.#waiting = [...this.#waiting, shown];
    this.#show();
    try {
      await this.store.add(written, draft);
    } catch (e) {
      this.#leave(written.clientId);
      this.#show();
      throw e;
    } finally {
      this.#adding = this.#adding.filter((m) => m !== shown);
    }
    await this.load();
  }

  /** Puts a refused message at the end, to be sent again. */
  async retry(clientId: string): Promise<void> {
    const failed = this.#waiting.find((m) => m.clientId === clientId && m.error);
    if (!failed) return;
    // The name is taken by other content, so only another name will do.
    await this.store.requeue(clientId, failed.error?.code === 'key_reused' ? newClientId() : clientId);
    await this.load();
  }

  async discard(clientId: string): Promise<void> {
    await this.store.take([clientId]);
    await this.load();
  }

  /** These are in the server's log; `arrived` says which events have come already. */
  acknowledged(results: readonly SendResult[], arrived: (roomId: string, seq: number) => boolean): void {
    for (const { clientId, seq } of results) {
      const entry = this.entries().find((e) => e.clientId === clientId);
      if (!entry || seq === undefined || arrived(entry.roomId, seq)) continue;
      const { error: _, ...rest } = entry;
      this.#sent.set(clientId, { ...rest, state: 'sent', seq });
    }
    for (const { clientId } of results) this.#leave(clientId);
    this.#show();
  }

  /** The event of one of mine has come. */
  arrived(clientId: string): void {
    const left = this.#leave(clientId);
    if (this.#sent.delete(clientId) || left) this.#show();
  }

  /** The events up to this number have come, or will not come by themselves. */
  passed(roomId: string, seq: number): void {
    const sent = this.#sent.size;
    for (const [id, e] of this.#sent) if (e.roomId === roomId && (e.seq ?? 0) <= seq) this.#sent.delete(id);
    if (this.#sent.size < sent) this.#show();
  }

  /** Why entries wait. */
  note(clientIds: readonly string[], error: WireError): void {
    for (const id of clientIds) this.#notes.set(id, error);
    this.#show();
  }

  #leave(clientId: string): boolean {
    if (this.#loads > 0) this.#doneMeanwhile.add(clientId);
    const before = this.#waiting.length;
    const stays = (m: StoredMessage) => m.clientId !== clientId;
    this.#adding = this.#adding.filter(stays);
    this.#waiting = this.#waiting.filter(stays);
    return this.#waiting.length < before;
  }

  #show(): void {
    const waiting = this.#waiting.map((m) => this.#entry(m));
    const ids = new Set(waiting.map((e) => e.clientId));
    for (const id of this.#notes.keys()) if (!ids.has(id)) this.#notes.delete(id);
    const sent = [...this.#sent.values()];
    const rooms = new Set([...this.entries(), ...sent, ...waiting].map((e) => e.roomId));
    this.all.value = [...sent.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0)), ...waiting];
    if (rooms.size > 0) this.changed([...rooms]);
  }

  #entry({ order: _, error: refused, ...message }: StoredMessage): OutboxEntry {
    const error = refused ?? this.#notes.get(message.clientId);
    return { ...message, state: refused ? 'failed' : 'pending', ...(error && { error }) };
  }
}

/** What travels. */
export const wireMessage = ({ clientId, body, replyTo }: NewMessage): NewMessage => ({
  clientId,
  body,
  ...(replyTo !== undefined && { replyTo }),
});

/** Bytes of JSON, and a comma. */
export const wireBytes = (message: NewMessage): number => utf8.encode(JSON.stringify(wireMessage(message))).length + 1;
