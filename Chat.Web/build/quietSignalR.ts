import type { Plugin } from 'vite';

/**
 * Takes the log lines out of @microsoft/signalr, whose logger we set to none: their texts are 2 KB of the first load. A call is removed
 * only where it is a whole statement on lines of its own.
 */
export function quietSignalR(): Plugin {
  return {
    name: 'quiet-signalr',
    apply: 'build',
    transform: {
      filter: { id: /@microsoft\/signalr\/dist\/esm\// },
      handler: (code) => code.replace(/^(\s*)(this\._?logger|logger)\.log\(LogLevel\.\w+, .*\);$/gm, '$1;'),
    },
  };
}
