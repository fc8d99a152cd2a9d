import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const worthwhile = /\.(html|js|css|json|svg|webmanifest|txt)$/;

/** Writes NAME.br and NAME.gz beside each file that gets smaller by it, so that the server has nothing to compress. */
export function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    async writeBundle({ dir }) {
      // The folder, not the bundle: files from public/ are only there.
      const names = await readdir(dir ?? 'dist', { recursive: true });
      const files = names.filter((name) => worthwhile.test(name)).map((name) => join(dir ?? 'dist', name));
      await Promise.all(files.map(async (file) => (await isDone(file)) || compress(file)));
    },
  };
}

/** By a build before this one, into the same folder. */
async function isDone(file: string): Promise<boolean> {
  const [plain, smaller] = await Promise.all([file, `${file}.gz`].map((name) => stat(name).catch(() => null)));
  return !!plain && !!smaller && smaller.mtimeMs >= plain.mtimeMs;
}

async function compress(file: string): Promise<void> {
  const plain = await readFile(file);
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  const smaller = [
    [`${file}.br`, await promisify(brotliCompress)(plain, brotli)],
    [`${file}.gz`, await promisify(gzip)(plain, { level: constants.Z_BEST_COMPRESSION })],
  ] as const;
  await Promise.all(
    smaller.filter(([, data]) => data.length < plain.length).map(([name, data]) => writeFile(name, data)),
  );
}
