import type { SendResult } from '../wire/contract';

/** What a tab tells the others of the same person. */
export type TabNews =
  | { readonly kind: 'outbox' }
  | { readonly kind: 'acknowledged'; readonly results: readonly SendResult[] }
  /** `sent`: the draft that a message has taken along; another one stays. Tabs with an older page know only `text`. */
  | { readonly kind: 'draft'; readonly roomId: string; readonly text: string; readonly sent?: string }
  | { readonly kind: 'signedOut' };

/** The other tabs of this person, in this browser. */
export class Tabs {
  readonly #channel: BroadcastChannel | null;

  constructor(userId: string, heard: (news: TabNews) => void) {
    this.#channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`chat-${userId}`);
    if (this.#channel) this.#channel.onmessage = (e: MessageEvent<TabNews>) => heard(e.data);
  }

  tell(news: TabNews): void {
    this.#channel?.postMessage(news);
  }

  close(): void {
    this.#channel?.close();
  }
}
