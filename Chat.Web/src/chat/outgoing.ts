import type { Store, StoredDraft } from '../store/store';
import { Drafts } from './drafts';
import type { Exclusive } from './locks';
import { Outbox } from './outbox';
import { OutboxSender, type SendBatch } from './sender';
import { type TabNews, Tabs } from './tabs';

export interface OutgoingParts {
  readonly userId: string;
  readonly store: Store;
  readonly exclusive: Exclusive;
  readonly send: SendBatch;
  /** Whether this event has come. */
  arrived(roomId: string, seq: number): boolean;
  /** A room has another draft now. */
  draftChanged(roomId: string): void;
  /** Entries of these rooms have changed. */
  outboxChanged(roomIds: readonly string[]): void;
  /** Another tab has signed out. */
  signedOut(): void;
}

/** What I write: drafts, and the outbox until the server has brought its messages back; one in all tabs. */
export class Outgoing {
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  readonly #sender: OutboxSender;
  readonly #tabs: Tabs;

  constructor(
    private readonly parts: OutgoingParts,
    drafts: readonly StoredDraft[],
  ) {
    const { userId, store, exclusive, send, arrived, draftChanged, outboxChanged } = parts;
    this.#tabs = new Tabs(userId, (news) => this.#heard(news));
    this.outbox = new Outbox(store, outboxChanged);
    const written = (roomId: string, text: string) => this.#tabs.tell({ kind: 'draft', roomId, text });
    this.drafts = new Drafts(store, drafts, written, draftChanged);
    this.#sender = new OutboxSender(userId, store, send, exclusive, {
      acknowledged: (results) => {
        this.outbox.acknowledged(results, arrived);
        this.#tabs.tell({ kind: 'acknowledged', results });
      },
      refused: () => void this.#reload(),
      note: (ids, error) => this.outbox.note(ids, error),
    });
  }

  /** Resolves when the message is stored. Rejects with a `Refusal` if it can never be sent. */
  async send(roomId: string, body: string, replyTo?: number): Promise<void> {
    const draft = this.drafts.sending(roomId);
    await this.outbox.add({ roomId, body, ...(replyTo !== undefined && { replyTo }) }, draft);
    this.drafts.sent(roomId, draft);
    this.#tabs.tell({ kind: 'draft', roomId, text: '', sent: draft });
    this.#toSend(roomId);
  }

  async retry(clientId: string): Promise<void> {
    const roomId = this.outbox.entries().find((e) => e.clientId === clientId)?.roomId;
    await this.outbox.retry(clientId);
    if (roomId) this.#toSend(roomId);
  }

  async discard(clientId: string): Promise<void> {
    await this.outbox.discard(clientId);
    this.#tabs.tell({ kind: 'outbox' });
  }

  /** There is a connection to send what waits. */
  connected(): void {
    const waiting = this.outbox.entries().filter((e) => e.state === 'pending');
    for (const roomId of new Set(waiting.map((e) => e.roomId))) this.#sender.kick(roomId);
  }

  /** The store works, from the start or again after trouble. */
  storeWorks(): void {
    this.drafts.storeAgain();
    void this.#reload();
  }

  /** I have signed out. */
  signedOut(): void {
    this.#tabs.tell({ kind: 'signedOut' });
  }

  stop(): void {
    this.#sender.stop();
    this.#tabs.close();
  }

  #heard(news: TabNews): void {
    if (news.kind === 'outbox') void this.#reload();
    else if (news.kind === 'draft') {
      if (news.sent === undefined) this.drafts.heard(news.roomId, news.text);
      else this.drafts.sent(news.roomId, news.sent);
    } else if (news.kind === 'acknowledged') this.outbox.acknowledged(news.results, this.parts.arrived);
    else if (news.kind === 'signedOut') this.parts.signedOut();
  }

  async #reload(): Promise<void> {
    await this.outbox.load();
    // Whichever tab has a connection sends what any of them has written.
    this.connected();
  }

  #toSend(roomId: string): void {
    this.#sender.kick(roomId);
    this.#tabs.tell({ kind: 'outbox' });
  }
}
