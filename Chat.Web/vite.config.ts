import { defineConfig } from 'vitest/config';
import { precompress } from './build/precompress.ts';
import { serviceWorker } from './build/serviceWorker.ts';
import { slimSignalR } from './build/slimSignalR.ts';

const react = new URL('src/react.ts', import.meta.url).pathname;

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    alias: { 'react/jsx-runtime': react, 'react-dom': react, react },
  },
  plugins: [slimSignalR(), serviceWorker(), precompress()],
  build: {
    target: 'es2022',
    // Our Content-Security-Policy allows no inline code and no data: scripts; small files stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: 'index.html', sw: 'src/sw.ts' },
      // The service worker must keep its name: browsers look there for a new version.
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        // What every visit needs comes in one file, which compresses better than twenty.
        codeSplitting: { groups: [{ name: 'page', tags: ['$initial'], test: (id) => !/\/src\/sw(\.ts|\/)/.test(id) }] },
      },
    },
  },
  // `npm run dev` shows the page against a server that runs beside it.
  server: { proxy: { '/api': 'http://localhost:5000', '/hubs': { target: 'http://localhost:5000', ws: true } } },
  test: { include: ['tests/**/*.test.{ts,tsx}'], environment: 'node' },
});
