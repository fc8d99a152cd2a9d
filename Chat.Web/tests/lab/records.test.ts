import { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { readRecords } from '../../src/lab/decode/records';

/** What a real client says first. */
const hello = (servername: string): Promise<Uint8Array> =>
  new Promise((resolve) => {
    const wire = new Duplex({
      read() {},
      write(data: Uint8Array, _, done) {
        resolve(data);
        done();
      },
    });
    connect({ socket: wire, servername }).on('error', () => {});
  });

test('a handshake begins by naming the server in the open', async () => {
  const data = await hello('chat.example');
  expect(readRecords(data)).toEqual([
    { type: 'handshake: ClientHello', size: data.length, serverName: 'chat.example' },
  ]);
});

test('of what follows only type and length are known', () => {
  const record = (type: number, length: number) => [type, 3, 3, length >> 8, length & 255, ...Array(length).fill(7)];
  expect(readRecords(Uint8Array.from([...record(20, 1), ...record(23, 300)]))).toEqual([
    { type: 'change_cipher_spec', size: 6 },
    { type: 'application_data', size: 305 },
  ]);
});
