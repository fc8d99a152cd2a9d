import type { Plugin } from 'vite';

/**
 * Leaves out of @microsoft/signalr what is never used here, 3 KB of the first load: its log lines, since we set the logger to none (a
 * call is removed only where it is a statement on a line of its own), the client for browsers without `fetch`, and the buffer of stateful reconnects, which the server does not
 * offer: a client of ours has its cursors.
 */
export function slimSignalR(): Plugin {
  return {
    name: 'slim-signalr',
    apply: 'build',
    transform: {
      filter: { id: /@microsoft\/signalr\/dist\/esm\// },
      handler: (code, id) =>
        /XhrHttpClient|MessageBuffer/.test(id)
          ? `export class ${/XhrHttpClient|MessageBuffer/.exec(id)?.[0]} {}`
          : code.replace(/^(\s*)(this\._?logger|logger)\.log\(LogLevel\.\w+, .*\);$/gm, '$1;'),
    },
  };
}
