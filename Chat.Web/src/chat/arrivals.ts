import type { ChatEvent, SyncAnswer } from '../wire/contract';

interface CatchUp {
  /** What is numbered up to here was missed, not heard live. */
  until: number;
  /** And up to here it was missed before this page began: no news to anybody. */
  silentUntil: number;
  newest: ChatEvent | null;
}

/**
 * Which messages are news: what comes live, each; what was missed while the connection was lost, only the newest of each room; what was
 * missed before this page began, none.
 */
export class Arrivals {
  readonly #catchUps = new Map<string, CatchUp>();
  #synced = false;

  /** `report`: a message of somebody else is news. */
  constructor(private readonly report: (e: ChatEvent) => void) {}

  /** `cursor`: where each room stands. */
  synced({ rooms }: SyncAnswer, cursor: (roomId: string) => number): void {
    for (const { id, head } of rooms) {
      if (cursor(id) >= head) continue;
      const before = this.#catchUps.get(id);
      const silentUntil = this.#synced ? (before?.silentUntil ?? 0) : head;
      this.#catchUps.set(id, { until: head, silentUntil, newest: before?.newest ?? null });
    }
    this.#synced = true;
  }

  /** An event has come in its turn. */
  came(e: ChatEvent, isMessageOfOthers: boolean): void {
    const missed = this.#catchUps.get(e.roomId);
    if (!missed || e.seq > missed.until) {
      if (isMessageOfOthers) this.report(e);
    } else if (isMessageOfOthers && e.seq > missed.silentUntil) missed.newest = e;
    this.passed(e.roomId, e.seq);
  }

  /** The numbers up to this one have come, or will not come by themselves. */
  passed(roomId: string, seq: number): void {
    const missed = this.#catchUps.get(roomId);
    if (!missed || seq < missed.until) return;
    this.#catchUps.delete(roomId);
    if (missed.newest) this.report(missed.newest);
  }
}
