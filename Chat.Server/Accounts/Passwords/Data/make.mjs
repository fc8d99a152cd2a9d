// Makes ../common.txt.gz: node make.mjs NCSC.txt TOP.txt
// Both lists are in https://github.com/danielmiessler/SecLists (MIT, see LICENSE), folder Passwords/Common-Credentials:
// 100k-most-used-passwords-NCSC.txt and 10-million-password-list-top-100000.txt. Of longer lists the first 100,000
// lines are taken. Left out: what is shorter than a password here may be, and lines that are no text any more.
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const SHORTEST = 8;
const MOST = 100_000;

// Some lines were UTF-8, read as Windows-1252 (and put into lower case) and written as UTF-8 again.
const from80 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const bytes = new Map();
for (let byte = 0; byte < 256; byte++) bytes.set(from80[byte - 0x80] ?? String.fromCharCode(byte), byte);
const once = (line) => {
  const read = [...line].map((character) => bytes.get(character));
  if (read.includes(undefined)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(read));
  } catch {
    return null;
  }
};
const mended = (line) => once(line) ?? once(line.replaceAll('ð', 'Ð').replaceAll('ñ', 'Ñ')) ?? line;

const words = new Set();
for (const file of process.argv.slice(2)) {
  for (const line of readFileSync(file, 'utf8').split('\n').slice(0, MOST)) {
    const word = mended(line.replace(/\r$/, '')).normalize('NFKC').toLowerCase();
    if ([...word].length >= SHORTEST && !/[\u0000-\u001f\ufffd]/.test(word)) words.add(word);
  }
}

// Sorted by bytes: it is searched by halves.
const sorted = [...words].map((word) => Buffer.from(word)).sort(Buffer.compare);
const packed = gzipSync(Buffer.concat(sorted.flatMap((word) => [word, Buffer.from('\n')])), { level: 9 });
writeFileSync(new URL('../common.txt.gz', import.meta.url), packed);
console.log(`${sorted.length} passwords, ${packed.length} bytes`);
