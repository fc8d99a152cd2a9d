/** `@name` in running text, not in an address; Chinese has no space before it. A name may end in `.` or `-`, a sentence too. */
export const mentionPattern = /(?<![A-Za-z0-9._\-/@])@([\p{L}\p{N}\p{M}._-]{2,32})(?![\p{L}\p{N}\p{M}_@])/gu;

/** Names are compared as the server does: NFKC, without case. */
export const foldName = (name: string): string => name.normalize('NFKC').toLowerCase();

/** Which part of what stands behind `@` is the name: all of it if that is me, else without the punctuation that ends it. */
export function mentionedName(word: string, me: string | null): { readonly name: string; readonly isMe: boolean } {
  if (me !== null && foldName(word) === foldName(me)) return { name: word, isMe: true };
  const name = word.replace(/[._-]+$/, '');
  return { name, isMe: me !== null && foldName(name) === foldName(me) };
}

/** Whether the body names this person, outside code. */
export function mentions(body: string, name: string): boolean {
  if (!body.includes('@')) return false;
  const withoutCode = body.replace(/^(```|~~~)[\s\S]*?(?:^\1|$(?![\s\S]))/gm, ' ').replace(/(`+)[\s\S]*?\1/g, ' ');
  for (const [, word = ''] of withoutCode.matchAll(mentionPattern)) if (mentionedName(word, name).isMe) return true;
  return false;
}
