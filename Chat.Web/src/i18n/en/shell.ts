/** The words of signing in, lists, dialogs, settings and the connection. */
export const shell = {
  'app.name': 'Chat',
} as const;
