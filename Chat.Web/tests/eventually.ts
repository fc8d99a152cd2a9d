import { vi } from 'vitest';

/**
 * Waits until `check` no longer throws, and returns what it returns. The deadline is far beyond what the slowest
 * machine needs: its load must not decide which tests pass.
 */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 30_000 });
