/** The account calls, with the cookie that scripts can't read. All reject with a `Refusal`, or a `TypeError` when nobody answers. */
import type { User } from './contract';
import { call as http } from './http';
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

const call = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  http(`/api/account${path}${method === 'POST' ? '?useCookies=true' : ''}`, { method, body });
