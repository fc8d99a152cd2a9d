import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ConnectionStatus, Reason, TransportKind } from '../chat/model';
import { Refusal } from '../wire/refusal';
import { Backoff } from './backoff';
import { type CallOptions, call } from './call';
import { Connector } from './connector';
import type { Hub } from './hub';
import { forcedTransport, rememberedTransport } from './memory';
import { TransportPolicy } from './policy';
import { probeUp } from './probe';
import type { Session, SessionEnd } from './session';
import type { Feed, SessionSync } from './sync';
import { type Deferred, deferred, pause } from './wait';

/** A session that ends sooner than this has not shown that the next try may come at once; milliseconds. */
const steadyLife = 5_000;
/** After a sleep an answer has to come this soon. */
const wakeTimeout = 3_000;
const brokenPause = 10_000;
/** A try older than this may hang because of what is over now. */
const freshTry = 1_000;

/** Stays connected: over whatever transport works, for as long as the server does not refuse for good. */
export class Connection {
  readonly #status: Signal<ConnectionStatus>;
  readonly #forced = signal(forcedTransport.read());
  readonly #stop = new AbortController();
  #policy = this.#newPolicy();
  #attempt = new AbortController();
  #tried = 0;
  #connector: Connector;
  #nudge = new AbortController();
  #live: { session: Session; sync: SessionSync } | null = null;
  #next: Deferred<Session> = deferred();
  #refusal: Refusal | null = null;
  /** What the person or the machine did, which says more than what came of it. */
  #why: Reason | null = null;

  /** `connected`: called after each first Sync of a session. */
  constructor(
    private readonly open: (kind: TransportKind) => Hub,
    private readonly feed: Feed,
    private readonly connected: () => void = () => {},
  ) {
    this.#connector = new Connector(open, feed);
    this.#status = signal<ConnectionStatus>({
      state: 'connecting',
      transport: this.#policy.current,
      reason: { code: 'starting' },
      since: Date.now(),
      attempt: 0,
      roundTrip: null,
    });
  }

  get status(): ReadonlySignal<ConnectionStatus> {
    return this.#status;
  }

  get forced(): ReadonlySignal<TransportKind | null> {
    return this.#forced;
  }

  /** The session in use; null while there is none. */
  get session(): Session | null {
    return this.#live && !this.#live.session.over.aborted ? this.#live.session : null;
  }

  /** Tries for ever, until `stop`. */
  start(): void {
    this.#run().catch(async (e: unknown) => {
      // A mistake of ours must not be the end of the connection.
      queueMicrotask(() => {
        throw e;
      });
      await pause(brokenPause, this.#stop.signal);
      if (!this.#stop.signal.aborted) this.start();
    });
  }

  stop(): void {
    this.#stop.abort();
    this.#attempt.abort();
    this.#nudge.abort();
    void this.#live?.session.close();
    this.#next.reject(new Refusal('unavailable', 'The page is closing.'));
  }

  /** Uses only this transport from now on, or null for the best one that works; reconnects. */
  force(kind: TransportKind | null): void {
    forcedTransport.write(kind);
    this.#forced.value = kind;
    this.#policy = this.#newPolicy();
    this.#comeBack(kind ? { code: 'forced', transport: kind } : { code: 'automatic' });
  }

  /** Ends a wait between two tries; tries again after a refusal for good. */
  tryNow(): void {
    if (!this.session) this.#hurry({ code: 'asked' });
  }

  /** The machine or the network is back: is the connection, too? */
  woke(): void {
    void this.#verify({ code: 'woke' });
  }

  /** The browser says that there is no network. It is not always right, so we look. */
  offline(): void {
    void this.#verify({ code: 'offline' });
  }

  /** The server will not have us any more, as another tab has learnt. */
  refuse(refusal: Refusal): void {
    this.#refusal = refusal;
    this.#attempt.abort();
    this.#nudge.abort();
    this.#live?.session.end('deliberate', { code: 'refused', error: refusal.code, detail: refusal.message });
  }

  /** The session in use or the next one; rejects with a `Refusal` when the server has refused for good. */
  whenConnected(): Promise<Session> {
    const { session } = this;
    if (session) return Promise.resolve(session);
    return this.#refusal ? Promise.reject(this.#refusal) : this.#next.promise;
  }

  /**
   * Calls the hub, waiting up to 10 s for a connection and its answer, and again if the connection is lost meanwhile.
   * Rejects with a `Refusal`: the server's, or `unavailable`.
   */
  call<T>(method: string, args: readonly unknown[], options?: CallOptions): Promise<T> {
    return call(() => this.whenConnected(), method, args, options);
  }

  async #run(): Promise<void> {
    const backoff = new Backoff(500, 30_000);
    let reason: Reason = { code: 'starting' };
    // Why we are not connected, which a failed try on the way back does not change.
    let cause = reason;
    let attempt = 0;
    let home = this.#policy.current;
    while (!this.#stop.signal.aborted) {
      this.#show({ state: 'connecting', transport: this.#policy.current, reason, attempt: ++attempt });
      this.#attempt = new AbortController();
      this.#tried = Date.now();
      const tried = this.#refusal
        ? ({ kind: 'refused', refusal: this.#refusal } as const)
        : await this.#connector.try(this.#policy.current, this.#attempt.signal);
      let wait = false;
      if (tried.kind === 'opened' && tried.sync) {
        const begin = Date.now();
        const { session, sync } = tried;
        const end = await this.#use(session, sync, this.#explain(session.transport, home, cause));
        cause = reason = end.reason;
        // What a probe or the person has chosen: going there is no falling back.
        home = end.loss === 'deliberate' ? this.#policy.current : session.transport;
        attempt = 0;
        wait = end.loss !== 'deliberate';
        if (Date.now() - begin >= steadyLife) backoff.reset();
      } else if (tried.kind === 'failed') {
        const offline = tried.why === 'unreachable' && typeof navigator !== 'undefined' && navigator.onLine === false;
        reason = offline ? { code: 'offline' } : tried.reason;
        wait = !this.#policy.startFailed(tried.why);
      } else if (tried.kind === 'refused' && !this.#stop.signal.aborted) {
        await this.#failed(tried.refusal, attempt);
        attempt = 0;
      }
      if (wait && !this.#stop.signal.aborted) {
        this.#show({ state: 'connecting', transport: this.#policy.current, reason, attempt });
        await pause(backoff.next(), this.#nudge.signal);
      }
      // A hurry that came during a try ends the next wait: it is used up only here.
      if (this.#nudge.signal.aborted && (wait || tried.kind !== 'failed')) this.#nudge = new AbortController();
      if (this.#why) {
        cause = reason = this.#why;
        home = this.#policy.current;
        this.#why = null;
      }
    }
  }

  #explain(transport: TransportKind, home: TransportKind, cause: Reason): Reason {
    if (!this.#forced.value && transport !== home)
      return this.#policy.better.includes(home) ? { code: 'fell_back', from: home } : { code: 'moved_up', transport };
    return cause.code === 'starting' ? { code: 'connected' } : cause;
  }

  /** From the first Sync to the end of the session. */
  async #use(session: Session, sync: SessionSync, reason: Reason): Promise<SessionEnd> {
    const policy = this.#policy;
    policy.connected(Date.now());
    if (!this.#forced.value) rememberedTransport.write(policy.current === 'webSockets' ? null : policy.current);
    session.onMeasured = () => {
      if (this.#live?.session === session) this.#show({ roundTrip: session.roundTrip });
    };
    this.#live = { session, sync };
    this.#why = null;
    this.#show({ state: 'connected', transport: session.transport, reason, attempt: 0, roundTrip: session.roundTrip });
    this.#next.resolve(session);
    // Before anybody can act on the answer: the session may have ended in the meantime, and then nobody waits for it.
    session.over.addEventListener('abort', () => this.#gone(session));
    if (session.over.aborted) this.#gone(session);
    this.connected();
    const better = probeUp(this.open, session, policy);
    const end = await session.ended;
    // The next session may begin before this one has said goodbye to a server that may not be there any more.
    void session.close();
    const found = await better;
    policy.lost(end.loss, Date.now());
    if (found) policy.moveUp(found);
    return end;
  }

  #gone(session: Session): void {
    if (this.#live?.session !== session) return;
    this.#live = null;
    this.#next = deferred();
  }

  async #verify(reason: Reason): Promise<void> {
    const live = this.#live;
    if (!live || live.session.over.aborted) {
      if (reason.code === 'woke') this.#hurry(reason);
      else this.#show({ reason });
      return;
    }
    const { session, sync } = live;
    const timer = setTimeout(() => session.end('deliberate', reason), wakeTimeout);
    await sync.now().catch(() => undefined);
    clearTimeout(timer);
  }

  #comeBack(reason: Reason): void {
    const { session } = this;
    if (session) session.end('deliberate', reason);
    else {
      this.#attempt.abort();
      this.#hurry(reason);
    }
  }

  #hurry(reason: Reason): void {
    this.#why = reason;
    this.#refusal = null;
    this.#nudge.abort();
    // What was learnt of the network before need not be so any more.
    this.#connector = new Connector(this.open, this.feed);
    if (Date.now() - this.#tried > freshTry) this.#attempt.abort();
  }

  /** Waits until the person asks for another try. */
  async #failed(refusal: Refusal, attempt: number): Promise<void> {
    this.#refusal = refusal;
    const reason: Reason = { code: 'refused', error: refusal.code, detail: refusal.message };
    this.#show({ state: 'failed', reason, attempt });
    this.#next.reject(refusal);
    this.#next = deferred();
    this.#nudge = new AbortController();
    await pause(2 ** 31 - 1, this.#nudge.signal);
    this.#refusal = null;
  }

  #newPolicy(): TransportPolicy {
    return new TransportPolicy(this.#forced.value, rememberedTransport.read());
  }

  #show(change: Partial<ConnectionStatus>): void {
    const before = this.#status.value;
    const now = { ...before, ...change };
    const changed = now.state !== before.state || now.transport !== before.transport || now.reason !== before.reason;
    this.#status.value = changed ? { ...now, since: Date.now() } : now;
  }
}
