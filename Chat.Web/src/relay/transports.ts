import {
  DefaultHttpClient,
  HttpClient,
  HttpError,
  type HttpRequest,
  HttpResponse,
  HttpTransportType,
  NullLogger,
} from '@microsoft/signalr';
import type { TransportKind } from '../chat/model';
import { Refusal } from '../wire/refusal';

export const signalrTransport: Record<TransportKind, HttpTransportType> = {
  webSockets: HttpTransportType.WebSockets,
  serverSentEvents: HttpTransportType.ServerSentEvents,
  longPolling: HttpTransportType.LongPolling,
};

/** Sees what the server says to the negotiation, which SignalR's own error leaves out, and can end requests that hang. */
export class HttpWatch extends HttpClient {
  readonly #inner = new DefaultHttpClient(NullLogger.instance);
  readonly #open = new Set<HttpRequest>();
  negotiated = false;
  refusal: Refusal | null = null;

  override async send(request: HttpRequest): Promise<HttpResponse> {
    request.abortSignal ??= { aborted: false, onabort: null };
    this.#open.add(request);
    const url = new URL(request.url ?? '', 'http://relative');
    const negotiation = url.pathname.endsWith('/negotiate');
    try {
      const response = await this.#inner.send(request);
      // That a node of a cluster sends us on to another one is not an answer yet.
      this.negotiated ||= negotiation && String(response.content).includes('"connectionToken"');
      return negotiation ? keptHere(response, url) : response;
    } catch (e) {
      if (negotiation && e instanceof HttpError) this.refusal = refusalOf(e);
      if (e instanceof Refusal) this.refusal = e;
      throw e;
    } finally {
      this.#open.delete(request);
    }
  }

  override getCookieString(url: string): string {
    return this.#inner.getCookieString(url);
  }

  abort(): void {
    for (const request of this.#open) request.abortSignal?.onabort?.();
  }
}

/**
 * A cluster's node sends its client on to the same address with another query. The page takes only path and query of
 * such an address, because a node behind a proxy may not know its own scheme or port. It refuses another host.
 */
function keptHere(response: HttpResponse, own: URL): HttpResponse {
  const { statusCode, statusText = '', content } = response;
  if (typeof content !== 'string' || !content.includes('"url"')) return response;
  const answer = JSON.parse(content) as { url?: string; accessToken?: string };
  if (!answer.url) return response;
  const to = new URL(answer.url, own);
  if (to.hostname !== own.hostname)
    throw new Refusal(
      'unavailable',
      `This page was sent on to ${to.host}: a proxy in front of it may pass on another host.`,
    );
  const { accessToken: _, ...rest } = answer;
  const url = `${own.origin}${to.pathname}${to.search}`;
  return new HttpResponse(statusCode, statusText, JSON.stringify({ ...rest, url }));
}

interface Closable {
  close(): void;
}

/** Knows the sockets and event sources that one connection opens, so that those can be closed that never opened. */
export class Sockets {
  readonly #all = new Set<Closable>();

  /** Options of SignalR that its types leave out. */
  constructors(): { WebSocket?: unknown; EventSource?: unknown } {
    const opened = this.#all;
    const watched = <T extends new (...args: never[]) => Closable>(type: T): T =>
      new Proxy(type, {
        construct: (target, args: never[]) => {
          const made = new target(...args);
          opened.add(made);
          return made;
        },
      });
    return {
      ...(typeof WebSocket === 'undefined' ? {} : { WebSocket: watched(WebSocket) }),
      ...(typeof EventSource === 'undefined' ? {} : { EventSource: watched(EventSource) }),
    };
  }

  close(): void {
    for (const socket of this.#all) socket.close();
  }
}

/** For good only if it is our server that says so: a proxy whose server is being replaced says 404 and 403, too. */
export function refusalOf({ statusCode, message }: HttpError): Refusal {
  const [, code = 'unavailable'] = /"about:blank".*"code":"([a-z_]+)"/s.exec(message) ?? [];
  return new Refusal(statusCode === 401 ? 'unauthenticated' : code, `HTTP ${statusCode}`);
}
