import { mergeConfig } from 'vite';
import base from '../../vite.config';

/** The conversation alone, for looking at it; never part of the page. */
export default mergeConfig(base, {
  build: {
    outDir: 'node_modules/.conversation',
    emptyOutDir: true,
    rollupOptions: { input: 'tests/dev/conversation.html' },
  },
});
