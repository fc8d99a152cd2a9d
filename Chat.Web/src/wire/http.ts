import { Refusal } from './refusal';

export interface Call {
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Calls the server; what it answers as JSON. Rejects with a `Refusal`, or a `TypeError` when nobody answers. */
export async function call<T>(url: string, { method = 'GET', body, headers = {}, signal }: Call = {}): Promise<T> {
  const answer = await fetch(url, {
    method,
    redirect: 'error', // what is sent is for this server
    headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
  if (answer.status === 204) return undefined as T;
  const json: unknown = await answer.json().catch(() => null);
  if (answer.ok) return json as T;
  const problem = json as { code?: string; detail?: string; title?: string } | null;
  const seconds = Number(answer.headers.get('Retry-After'));
  throw new Refusal(
    problem?.code ?? (answer.status >= 500 ? 'unavailable' : 'invalid'),
    problem?.detail ?? problem?.title ?? `${answer.status}`,
    seconds > 0 ? seconds * 1000 : undefined,
  );
}
