/** Words of the conversation that its first view does not show. */
export const conversationLater = {
  'timeline.failed': 'The messages could not be loaded.',
  'timeline.again': 'Try again',
  'timeline.gone': 'That message is not here any more.',
  'room.link_not_copied': 'The browser does not let the link be copied: {link}',
  'composer.editing': 'Editing your message',
  'composer.replying': 'Reply to {name}',
  'composer.cancel': 'Cancel',
  'composer.save': 'Save',
  'composer.people': 'People',
  'composer.codes': 'Emoji by name',
  'composer.left': { one: '{n} byte left', other: '{n} bytes left' },
  'composer.over': {
    one: 'Too long by {n} byte. Shorten it or send it in parts.',
    other: 'Too long by {n} bytes. Shorten it or send it in parts.',
  },
  'composer.noFiles': 'Files can’t be sent here, only text.',
  'composer.notSaved': 'Not changed: {reason}',
} as const;
