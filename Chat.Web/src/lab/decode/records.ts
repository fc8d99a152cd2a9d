/** One record of TLS (RFC 8446, section 5.1): all that somebody without the keys can read are these two things. */
export interface TlsRecord {
  readonly type: string;
  /** Bytes, with the five of its header. */
  readonly size: number;
  /** The name of the server, which the first message of a handshake says in the open. */
  readonly serverName?: string;
}

const types: Readonly<Record<number, string>> = {
  20: 'change_cipher_spec',
  21: 'alert',
  22: 'handshake',
  23: 'application_data',
};

const handshakes: Readonly<Record<number, string>> = { 1: 'ClientHello', 2: 'ServerHello' };

/** The records in bytes that hold whole ones. */
export function readRecords(bytes: Uint8Array): TlsRecord[] {
  const records: TlsRecord[] = [];
  for (let at = 0; at + 5 <= bytes.length; ) {
    const type = bytes[at] ?? 0;
    const size = 5 + (((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0));
    const said = type === 22 ? handshakes[bytes[at + 5] ?? 0] : undefined;
    const serverName = said === 'ClientHello' ? nameIn(bytes.subarray(at + 5, at + size)) : undefined;
    records.push({
      type: said ? `handshake: ${said}` : (types[type] ?? `type ${type}`),
      size,
      ...(serverName ? { serverName } : {}),
    });
    at += size;
  }
  return records;
}

/** `server_name` (RFC 6066, section 3) in a ClientHello (RFC 8446, section 4.1.2). */
function nameIn(hello: Uint8Array): string | undefined {
  const short = (at: number) => ((hello[at] ?? 0) << 8) | (hello[at + 1] ?? 0);
  let at = 4 + 2 + 32;
  at += 1 + (hello[at] ?? 0); // session id
  at += 2 + short(at); // cipher suites
  at += 1 + (hello[at] ?? 0); // compression
  for (at += 2; at + 4 <= hello.length; at += 4 + short(at + 2))
    if (short(at) === 0) return new TextDecoder().decode(hello.subarray(at + 9, at + 9 + short(at + 7)));
  return undefined;
}
