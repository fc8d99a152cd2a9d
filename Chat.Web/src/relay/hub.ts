import { type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import type { TransportKind } from '../chat/model';
import { Refusal } from '../wire/refusal';
import { OrderedProtocol, serverSaid } from './orderedProtocol';
import { HttpWatch, Sockets, signalrTransport } from './transports';
import { pause } from './wait';

// biome-ignore lint/suspicious/noExplicitAny: what comes is what the wire contract says of that method
export type PushHandler = (...args: any[]) => void;

/** One connection to the hub over one transport, not yet started. What `Session` needs of SignalR; tests bring their own. */
export interface Hub {
  /** Whether the server answered the negotiation. */
  readonly negotiated: boolean;
  /** Rejects with a `Refusal` if the server said why, with any other error if not. */
  start(): Promise<void>;
  /** Rejects with a `Refusal` if the server answered with one, with any other error if no answer came. */
  invoke<T>(method: string, args: readonly unknown[]): Promise<T>;
  tell(method: string, args: readonly unknown[]): Promise<void>;
  /** Handlers run one after the other in the order of the wire, the answer of Sync (as `$synced`) among them. */
  on(method: string, handler: PushHandler): void;
  onClosed(handler: (error?: Error) => void): void;
  /** Takes at most about a second, even if the other side is dead. Never rejects. */
  close(): Promise<void>;
}

const closeTimeout = 1_000;

/** Connects to the hub at this address: with the page's cookie, or as who has this token. */
export const signalrHub = (url: string, token?: () => string) => (kind: TransportKind) =>
  new SignalrHub(url, kind, token) as Hub;

class SignalrHub implements Hub {
  readonly #http = new HttpWatch();
  readonly #sockets = new Sockets();
  readonly #hub: HubConnection;

  constructor(url: string, kind: TransportKind, token?: () => string) {
    this.#hub = new HubConnectionBuilder()
      .configureLogging(LogLevel.None)
      .withHubProtocol(new OrderedProtocol())
      .withUrl(url, {
        transport: signalrTransport[kind],
        withCredentials: !token,
        ...(token ? { accessTokenFactory: token } : {}),
        httpClient: this.#http,
        ...this.#sockets.constructors(),
      })
      .build();
    this.#hub.serverTimeoutInMilliseconds = 15_000;
    this.#hub.keepAliveIntervalInMilliseconds = 5_000;
  }

  get negotiated(): boolean {
    return this.#http.negotiated;
  }

  async start(): Promise<void> {
    try {
      await this.#hub.start();
    } catch (e) {
      throw this.#http.refusal ?? coded(e) ?? plain(e);
    }
  }

  async invoke<T>(method: string, args: readonly unknown[]): Promise<T> {
    try {
      return await this.#hub.invoke<T>(method, ...args);
    } catch (e) {
      throw answered(e) ?? e;
    }
  }

  tell(method: string, args: readonly unknown[]): Promise<void> {
    return this.#hub.send(method, ...args);
  }

  on(method: string, handler: PushHandler): void {
    this.#hub.on(method, handler);
  }

  onClosed(handler: (error?: Error) => void): void {
    this.#hub.onclose(handler);
  }

  async close(): Promise<void> {
    const stopped = new AbortController();
    const late = pause(closeTimeout, stopped.signal);
    await Promise.race([this.#hub.stop().catch(() => undefined), late]);
    stopped.abort();
    // stop() waits for a start that hangs; what it holds open would use up the browser's few connections to this server.
    this.#http.abort();
    this.#sockets.close();
  }
}

/** SignalR's essay on why a start failed, cut to what happened. */
function plain(error: unknown): unknown {
  const { innerErrors = [] } = error as { innerErrors?: readonly (Error & { errorType?: string })[] };
  const inner = innerErrors.find((e) => e.errorType === 'FailedToStartTransportError');
  const sentence = inner?.message.replace(/^\w+ failed: (Error: )?/, '').split('. ')[0];
  return sentence ? new Error(sentence) : error;
}

/** What the server answered, or null if it was the connection that failed. */
function answered(error: unknown): Refusal | null {
  const text = error instanceof Error ? error.message : '';
  if (!text.startsWith(serverSaid)) return null;
  return coded(error) ?? new Refusal('unavailable', text.slice(serverSaid.length));
}

/** The contract's `HubException: code: text` in an error. */
export function coded(error: unknown): Refusal | null {
  const match = /HubException: ([a-z_]+): (.*)/s.exec(error instanceof Error ? error.message : '');
  return match?.[1] ? new Refusal(match[1], match[2] ?? '') : null;
}
