import { defineConfig } from 'vitest/config';
import { precompress } from './build/precompress.ts';
import { serviceWorker } from './build/serviceWorker.ts';
import { slimSignalR } from './build/slimSignalR.ts';

const react = new URL('src/react.ts', import.meta.url).pathname;

// The lab is a build of its own (`--mode lab`) beside the page's, after it: what it needs is in its files alone, and the page's stay as small as they are.
export default defineConfig(({ mode }) => ({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    alias: { 'react/jsx-runtime': react, 'react-dom': react, react },
  },
  plugins: [slimSignalR(), ...(mode === 'lab' ? [] : [serviceWorker()]), precompress()],
  build: {
    target: 'es2022',
    emptyOutDir: mode !== 'lab',
    copyPublicDir: mode !== 'lab',
    // Our Content-Security-Policy allows no inline code and no data: scripts; small files stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: mode === 'lab' ? { lab: 'lab.html' } : { index: 'index.html', sw: 'src/sw.ts' },
      // The service worker must keep its name: browsers look there for a new version.
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        // What every visit needs comes in one file, which compresses better than twenty.
        codeSplitting: {
          groups: [
            { name: mode === 'lab' ? 'lab' : 'page', tags: ['$initial'], test: (id) => !/\/src\/sw(\.ts|\/)/.test(id) },
          ],
        },
      },
    },
  },
  // `npm run dev` shows the page against a server that runs beside it.
  server: { proxy: { '/api': 'http://localhost:5000', '/hubs': { target: 'http://localhost:5000', ws: true } } },
  // The time limit only keeps a test from hanging: the load of the machine must not decide which tests pass.
  test: {
    include: ['tests/**/*.test.{ts,tsx}'],
    setupFiles: 'tests/setup.ts',
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
}));
