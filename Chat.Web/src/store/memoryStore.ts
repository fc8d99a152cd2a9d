import type { ChatEvent, WireError } from '../wire/contract';
import type { Store, StoredDraft, StoredMessage, StoredRoom } from './store';

/** For where there is no database: unsent messages and drafts live as long as the page; events come from the server each time. */
export class MemoryStore implements Store {
  #outbox: StoredMessage[] = [];
  #order = 0;
  readonly #drafts = new Map<string, StoredDraft>();

  async rooms(): Promise<readonly StoredRoom[]> {
    return [];
  }

  async apply(me: string, { events }: { readonly events: readonly ChatEvent[] }): Promise<void> {
    const mine = new Set(events.filter((e) => e.sender.id === me && e.type === 'message').map((e) => e.clientId));
    this.#outbox = this.#outbox.filter((m) => !mine.has(m.clientId));
  }

  async page(): Promise<readonly ChatEvent[]> {
    return [];
  }

  async changesOf(): Promise<readonly ChatEvent[]> {
    return [];
  }

  async outbox(roomId?: string): Promise<readonly StoredMessage[]> {
    return this.#outbox.filter((m) => roomId === undefined || m.roomId === roomId);
  }

  /** Puts these in the place of all messages. */
  fill(outbox: readonly StoredMessage[]): void {
    this.#outbox = [...outbox];
  }

  async add(message: Omit<StoredMessage, 'order'>, draft?: string): Promise<void> {
    if (this.#outbox.some((m) => m.clientId === message.clientId)) return;
    if (this.#drafts.get(message.roomId)?.text === draft) this.#drafts.delete(message.roomId);
    this.#outbox.push({ ...message, order: ++this.#order });
  }

  async take(clientIds: readonly string[]): Promise<void> {
    this.#outbox = this.#outbox.filter((m) => !clientIds.includes(m.clientId));
  }

  async refuse(clientId: string, error: WireError): Promise<void> {
    this.#outbox = this.#outbox.map((m) => (m.clientId === clientId ? { ...m, error } : m));
  }

  async requeue(clientId: string, as: string): Promise<void> {
    const found = this.#outbox.find((m) => m.clientId === clientId);
    if (!found) return;
    const { error: _, ...message } = found;
    await this.take([clientId]);
    await this.add({ ...message, clientId: as });
  }

  async drafts(): Promise<readonly StoredDraft[]> {
    return [...this.#drafts.values()];
  }

  async setDraft(roomId: string, text: string): Promise<void> {
    this.#drafts.set(roomId, { roomId, text });
  }

  close(): void {}

  async destroy(): Promise<void> {
    this.#outbox = [];
    this.#drafts.clear();
  }
}
