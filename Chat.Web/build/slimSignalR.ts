import type { Plugin } from 'vite';

/**
 * Leaves out of @microsoft/signalr what is never used here, 3 KB of the first load: its log lines, since we set the logger to none (a
 * call is removed only where it is a statement on a line of its own), and the client for browsers without `fetch`.
 */
export function slimSignalR(): Plugin {
  return {
    name: 'slim-signalr',
    apply: 'build',
    transform: {
      filter: { id: /@microsoft\/signalr\/dist\/esm\// },
      handler: (code, id) =>
        id.includes('XhrHttpClient')
          ? 'export class XhrHttpClient {}'
          : code.replace(/^(\s*)(this\._?logger|logger)\.log\(LogLevel\.\w+, .*\);$/gm, '$1;'),
    },
  };
}
