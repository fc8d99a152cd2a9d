/** The error codes of the contract. */
export type ErrorCode =
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'invalid'
  | 'too_large'
  | 'rate_limited'
  | 'key_reused'
  | 'name_taken'
  | 'quota_exceeded'
  | 'second_factor'
  | 'closed'
  | 'unavailable';

/** A refusal by the server, with its code. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: ErrorCode | (string & {}),
    message: string,
    /** Milliseconds to wait before the next try, where the server said so. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }

  /** Whether the same request may be sent again unchanged. */
  get mayRetry(): boolean {
    return this.code === 'rate_limited' || this.code === 'unavailable';
  }
}

/** What something thrown says of itself. Some of the browser's errors have a name only. */
export const textOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
