/** The account calls, with the cookie that scripts can't read. All reject with a `Refusal`, or a `TypeError` when nobody answers. */
import type { User } from './contract';
import { Refusal } from './refusal';

interface Session {
  readonly user: User;
}

/** Who I am signed in as; null if I am not. */
export async function current(): Promise<User | null> {
  try {
    return (await call<Session>('GET', '')).user;
  } catch (e) {
    if (e instanceof Refusal && e.code === 'unauthenticated') return null;
    throw e;
  }
}

export const guest = async (name: string): Promise<User> => (await call<Session>('POST', '/guest', { name })).user;

export const register = async (name: string, password: string): Promise<User> =>
  (await call<Session>('POST', '/register', { name, password })).user;

export const login = async (name: string, password: string): Promise<User> =>
  (await call<Session>('POST', '/login', { name, password })).user;

export const logout = (): Promise<void> => call('POST', '/logout');

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`/api/account${path}${method === 'POST' ? '?useCookies=true' : ''}`, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
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
