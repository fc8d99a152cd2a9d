import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

type Bundle = Parameters<Extract<Plugin['generateBundle'], (...args: never[]) => unknown>>[1];

/** Writes into sw.js what it keeps: `__INDEX__`, the page's integrity, and `__FILES__`, all of our code and styles. */
export function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle: { order: 'post', handler: (_, bundle) => fill(bundle) },
  };
}

function fill(bundle: Bundle): void {
  const worker = bundle['sw.js'];
  const index = bundle['index.html'];
  if (worker?.type !== 'chunk' || index?.type !== 'asset') throw new Error('The build made no sw.js or no index.html.');
  // A classic script can import nothing; what both sides need has to be small enough to be in both.
  if (worker.imports.length > 0 || worker.dynamicImports.length > 0)
    throw new Error('sw.js must not share code with the page.');
  const files = Object.keys(bundle).filter((name) => name !== 'sw.js' && /\.(js|css)$/.test(name));
  const integrity = `sha256-${createHash('sha256').update(index.source).digest('base64')}`;
  const paths = JSON.stringify(files.map((name) => `/${name}`).sort());
  const code = worker.code.replace('__INDEX__', () => JSON.stringify(integrity)).replace('__FILES__', () => paths);
  if (/__(INDEX|FILES)__/.test(code) || code === worker.code)
    throw new Error('sw.js must use __INDEX__ and __FILES__ once each.');
  worker.code = code;
}
