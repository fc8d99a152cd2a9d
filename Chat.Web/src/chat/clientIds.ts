/**
 * A name for a message that never meets another: the time in milliseconds, then random bits (RFC 9562, version 7), as 32 hex digits.
 * They ascend, so that the server's index of them grows at one end. (crypto.randomUUID exists only on secure pages.)
 */
export function newClientId(now = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
