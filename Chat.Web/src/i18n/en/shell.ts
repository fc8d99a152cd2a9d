/** The words of the first view: the lists, the header of a room, the indicator. */
export const shell = {
  'app.name': 'Chat',
  'app.skip': 'Skip to the conversation',

  'action.dismiss': 'Dismiss',

  'error.part': 'A part of the page could not be loaded. Check the connection, then reload.',

  'rooms.label': 'Rooms',
  'rooms.none': 'You are in no room yet.',
  'rooms.loading': 'Fetching your rooms…',
  'rooms.public': 'Public room',
  'rooms.private': 'Private room',
  'rooms.muted': 'Muted',
  'rooms.draft': 'Draft:',
  'rooms.deleted': 'Message deleted',
  'rooms.you': 'You',
  'rooms.back': 'Back to the rooms',
  'rooms.unread': '{n} unread',
  'rooms.unread_mention': '{n} unread, you are mentioned',
  'rooms.waiting': { one: '{n} message not sent yet', other: '{n} messages not sent yet' },
  'me.menu': 'your menu',
  'new.label': 'New',

  'room.menu': 'Room menu',
  'room.link_copied': 'The link is in the clipboard.',

  'members.label': 'Members',
  'members.toggle': { one: 'Members: {n}', other: 'Members: {n}' },
  'presence.online': 'Online',
  'presence.away': 'Away',
  'presence.offline': 'Offline',

  'create.title': 'Create a room',
  'browse.title': 'Browse public rooms',
  'direct.title': 'Write to a person',
  'signout.title': 'Sign out',

  'switcher.title': 'Go to…',

  'help.title': 'Keyboard shortcuts',

  'settings.title': 'Settings',

  'transport.webSockets': 'WebSocket',
  'transport.serverSentEvents': 'Server-Sent Events',
  'transport.longPolling': 'Long polling',
  'connection.label': 'Connection: {state}',
  'connection.connecting': 'Connecting…',
  'connection.connected': 'Connected',
  'connection.failed': 'Refused',
  'connection.offline': 'Offline',
  'connection.ms': '{ms} ms',
  'connection.try_now': 'Try now',
} as const;
