/** The texts for refusals. */
export const refusals = {
  'refusal.unauthenticated': 'You are not signed in any more.',
  'refusal.forbidden': 'You are not allowed to do that.',
  'refusal.not_found': 'There is no such thing, or you have not been invited to it.',
  'refusal.too_large': 'That is too long.',
  'refusal.rate_limited': 'Too many requests in a short time.',
  'refusal.key_reused': 'Another message was sent under the same number.',
  'refusal.name_taken': 'Somebody has this name already, or one that looks like it.',
  'refusal.quota_exceeded': 'A limit of this server is reached: {detail}',
  'refusal.second_factor': 'The code of your second factor is needed.',
  'refusal.closed': 'This account, or registration on this server, is closed.',
  'refusal.unavailable': 'The server cannot do it now.',
  'refusal.unreachable': 'The server does not answer. Check the connection, then try again.',
  'refusal.unexpected': 'Something went wrong in this page.',
  'refusal.invalid': 'The server did not take it: {detail}',
} as const;
