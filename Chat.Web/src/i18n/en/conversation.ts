/** The words of the timeline and the composer. */
export const conversation = {
  'timeline.label': 'Messages',
} as const;
