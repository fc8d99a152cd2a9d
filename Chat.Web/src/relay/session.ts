import type { Reason, TransportKind } from '../chat/model';
import { Refusal, textOf } from '../wire/refusal';
import type { Hub } from './hub';
import type { Loss } from './policy';

/** Why a session is over. */
export interface SessionEnd {
  readonly loss: Loss;
  readonly reason: Reason;
}

/** The session ended before the answer came; whether the call was carried out is not known. */
export class SessionLost extends Error {
  override readonly name = 'SessionLost';
}

const callTimeout = 10_000;

/**
 * One connection over one transport, from its start to its end; never restarted. Every call is bounded in time, and one that is not
 * answered ends the session: a connection that swallows calls is worth less than none.
 */
export class Session {
  /** Resolves, never rejects, when the session is over. */
  readonly ended: Promise<SessionEnd>;
  /** How long the last call took, in milliseconds. */
  roundTrip: number | null = null;
  /** Told after each measured call. */
  onMeasured: () => void = () => {};
  readonly #over = new AbortController();
  #resolve: (end: SessionEnd) => void = () => {};
  #closing: Promise<void> | null = null;

  constructor(
    readonly transport: TransportKind,
    readonly hub: Hub,
  ) {
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    hub.onClosed((e) => this.end('closed', { code: 'lost', detail: e?.message ?? '' }));
  }

  /** Aborted when the session is over. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Opens the transport; rejects with what `Hub.start` says. */
  start(): Promise<void> {
    return this.#untilOver(this.hub.start());
  }

  /** Rejects with a `Refusal`, or with `SessionLost` if no answer came. */
  async invoke<T>(method: string, ...args: readonly unknown[]): Promise<T> {
    const begin = performance.now();
    const timer = setTimeout(() => this.end('silent', { code: 'silent', seconds: callTimeout / 1000 }), callTimeout);
    try {
      const answer = await this.#untilOver(this.hub.invoke<T>(method, args));
      this.#measured(begin);
      return answer;
    } catch (e) {
      if (e instanceof Refusal && e.code === 'unauthenticated')
        // Coming back by a new negotiation says whether that is for good.
        this.end('closed', { code: 'lost', detail: e.message });
      else if (e instanceof Refusal) {
        this.#measured(begin);
        throw e;
      } else if (!(e instanceof SessionLost)) this.end('closed', { code: 'lost', detail: textOf(e) });
      throw e instanceof SessionLost ? e : new SessionLost(textOf(e));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Says something that needs no answer; lost if the session is. */
  tell(method: string, ...args: readonly unknown[]): void {
    if (!this.over.aborted) this.hub.tell(method, args).catch(() => undefined);
  }

  /** Ends the session; the first reason counts. */
  end(loss: Loss, reason: Reason): void {
    if (this.over.aborted) return;
    this.#resolve({ loss, reason });
    this.#over.abort();
  }

  /** Closes the connection. Takes at most about a second; never rejects. */
  close(): Promise<void> {
    this.end('deliberate', { code: 'asked' });
    this.#closing ??= this.hub.close();
    return this.#closing;
  }

  #measured(begin: number): void {
    this.roundTrip = performance.now() - begin;
    this.onMeasured();
  }

  /** The call's answer, or `SessionLost` as soon as the session is over. */
  #untilOver<T>(call: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const lost = () => reject(new SessionLost('The connection was lost before the answer came.'));
      if (this.over.aborted) lost();
      this.over.addEventListener('abort', lost, { once: true });
      call.then(resolve, reject).finally(() => this.over.removeEventListener('abort', lost));
    });
  }
}
