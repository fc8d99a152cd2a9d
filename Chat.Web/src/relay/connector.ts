import type { Reason, TransportKind } from '../chat/model';
import { Refusal, textOf } from '../wire/refusal';
import { coded, type Hub } from './hub';
import type { StartFailure } from './policy';
import { Session } from './session';
import { type Feed, SessionSync } from './sync';

/** What became of one try to connect. */
export type Attempt =
  | { readonly kind: 'opened'; readonly session: Session; readonly sync: SessionSync | null }
  | { readonly kind: 'failed'; readonly why: StartFailure; readonly reason: Reason }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'aborted' };

const startTimeout = 3_000;
const mostPatience = 5;

/** Tries to connect, and judges why it did not work. One try at a time. */
export class Connector {
  #timeouts = 0;

  /** `feed` null: a probe, which only wants to know whether there is an answer. */
  constructor(
    private readonly open: (kind: TransportKind) => Hub,
    private readonly feed: Feed | null,
  ) {}

  /** Opens a transport and calls Sync, within the start timeout. Never rejects. */
  async try(kind: TransportKind, abort: AbortSignal): Promise<Attempt> {
    // A link slower than the timeout would never connect: after each round of three timeouts there is more patience.
    const patience = startTimeout * Math.min(mostPatience, 1 + Math.floor(this.#timeouts / 3));
    const session = new Session(kind, this.open(kind));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      session.end('silent', { code: 'silent', seconds: patience / 1000 });
    }, patience);
    const aborted = () => session.end('deliberate', { code: 'asked' });
    if (abort.aborted) aborted();
    abort.addEventListener('abort', aborted);
    try {
      const sync = this.feed && new SessionSync(session, this.feed);
      await session.start();
      await (sync ? sync.start() : session.invoke('Sync', { cursors: {} }));
      this.#timeouts = 0;
      return { kind: 'opened', session, sync };
    } catch (e) {
      // The session's own end says more than the call that it took with it.
      const { reason } = session.over.aborted ? await session.ended : { reason: null };
      void session.close();
      if (abort.aborted) return { kind: 'aborted' };
      if (late) {
        this.#timeouts++;
        const seconds = patience / 1000;
        return session.hub.negotiated
          ? { kind: 'failed', why: 'transport', reason: { code: 'no_answer', transport: kind, seconds } }
          : { kind: 'failed', why: 'unreachable', reason: { code: 'unreachable', detail: '' } };
      }
      return this.#judge(e, kind, session.hub.negotiated, String(reason?.detail ?? textOf(e)));
    } finally {
      clearTimeout(timer);
      abort.removeEventListener('abort', aborted);
    }
  }

  #judge(e: unknown, transport: TransportKind, negotiated: boolean, detail: string): Attempt {
    const refusal = e instanceof Refusal ? e : coded(e);
    if (refusal && !refusal.mayRetry) return { kind: 'refused', refusal };
    if (refusal || !negotiated) return { kind: 'failed', why: 'unreachable', reason: { code: 'unreachable', detail } };
    return { kind: 'failed', why: 'transport', reason: { code: 'transport_failed', transport, detail } };
  }
}
