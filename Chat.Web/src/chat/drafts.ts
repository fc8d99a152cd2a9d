import { effect, type Signal, signal } from '@preact/signals';
import type { Store, StoredDraft } from '../store/store';

const debounce = 300;

/** What is written but not sent, by room. Stored a moment after the last key; the last writer wins. */
export class Drafts {
  readonly #signals = new Map<string, Signal<string>>();
  /** What the store and the other tabs have, or are about to get. */
  readonly #known = new Map<string, string>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** `written`: tells the other tabs. `changed`: the room's draft is another one now. */
  constructor(
    private readonly store: Store,
    stored: readonly StoredDraft[],
    private readonly written: (roomId: string, text: string) => void,
    private readonly changed: (roomId: string) => void,
  ) {
    for (const { roomId, text } of stored) this.#known.set(roomId, text);
  }

  of(roomId: string): Signal<string> {
    const known = this.#signals.get(roomId);
    if (known) return known;
    const draft = signal(this.#known.get(roomId) ?? '');
    this.#signals.set(roomId, draft);
    effect(() => {
      const text = draft.value;
      this.changed(roomId);
      if (text === (this.#known.get(roomId) ?? '')) return;
      clearTimeout(this.#timers.get(roomId));
      this.#timers.set(
        roomId,
        setTimeout(() => this.#write(roomId), debounce),
      );
    });
    return draft;
  }

  has(roomId: string): boolean {
    return (this.#signals.get(roomId)?.peek() ?? this.#known.get(roomId) ?? '').trim() !== '';
  }

  /**
   * A message is about to take the room's draft along, which must not be stored after it. Returns the draft as it is
   * stored.
   */
  sending(roomId: string): string {
    clearTimeout(this.#timers.get(roomId));
    this.#timers.delete(roomId);
    return this.#known.get(roomId) ?? '';
  }

  /**
   * A message, of this tab or another, took along the stored draft. A draft that was stored since stays, and so does
   * the text in this tab's field, which its own composer empties.
   */
  sent(roomId: string, draft: string): void {
    if (this.#known.get(roomId) !== draft) return;
    this.#known.set(roomId, '');
    const field = this.#signals.get(roomId);
    if (field?.peek() === draft && !this.#timers.has(roomId)) field.value = '';
    else if (!field) this.changed(roomId);
  }

  /** Another tab has written. Here something newer may wait to be stored. */
  heard(roomId: string, text: string): void {
    if (this.#timers.has(roomId)) return;
    this.#known.set(roomId, text);
    const draft = this.#signals.get(roomId);
    if (draft) draft.value = text;
    else this.changed(roomId);
  }

  /** Stores at once what still waits: the page goes away. */
  flush(): void {
    for (const roomId of [...this.#timers.keys()]) this.#write(roomId);
  }

  /** The store may have missed something. */
  storeAgain(): void {
    for (const [roomId, text] of this.#signals) if (text.peek()) void this.store.setDraft(roomId, text.peek());
  }

  #write(roomId: string): void {
    clearTimeout(this.#timers.get(roomId));
    this.#timers.delete(roomId);
    const text = this.#signals.get(roomId)?.peek() ?? '';
    this.#known.set(roomId, text);
    void this.store.setDraft(roomId, text);
    this.written(roomId, text);
  }
}
