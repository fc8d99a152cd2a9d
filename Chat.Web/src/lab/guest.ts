/** One of the two: a guest who lives as long as this page. The visitor's own account, if there is one, is left alone. */
import type { User } from '../wire/contract';
import { call } from '../wire/http';

interface Session {
  readonly user: User;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

export class Guest {
  #timer = 0;

  private constructor(private session: Session) {
    this.#later();
  }

  /** A new one, whose name begins like this. Rejects with a `Refusal`; `forbidden`: guests are not welcome here. */
  static async arrive(letter: string): Promise<Guest> {
    const name = `${letter}-${randomName(6)}`;
    return new Guest(await call<Session>('/api/account/guest', { method: 'POST', body: { name } }));
  }

  get user(): User {
    return this.session.user;
  }

  readonly token = (): string => this.session.accessToken;

  call<T>(url: string, method = 'GET', body?: unknown, signal?: AbortSignal): Promise<T> {
    const headers = { Authorization: `Bearer ${this.token()}` };
    return call<T>(url, { method, headers, ...(body === undefined ? {} : { body }), ...(signal ? { signal } : {}) });
  }

  /** Nobody comes back as this guest. May be called while the page goes away. */
  leave(): void {
    clearTimeout(this.#timer);
    const headers = { Authorization: `Bearer ${this.token()}` };
    void fetch('/api/account/logout', { method: 'POST', headers, keepalive: true, redirect: 'error' }).catch(
      () => undefined,
    );
  }

  /** Renews the token well before it ends; where that fails, soon again. */
  #later(wait = this.session.expiresIn * 800): void {
    this.#timer = setTimeout(async () => {
      try {
        const { refreshToken } = this.session;
        this.session = await call<Session>('/api/account/refresh', { method: 'POST', body: { refreshToken } });
        this.#later();
      } catch {
        this.#later(10_000);
      }
    }, wait) as unknown as number;
  }
}

/** Small letters and digits that nobody guesses: 32 of them hold 160 bits. */
export function randomName(length: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567';
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (b) => letters[b % 32]).join('');
}
