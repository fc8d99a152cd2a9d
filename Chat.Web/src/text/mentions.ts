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

/** Whether the body names this person, outside code. One rule for what stands out and for what notifies. */
export function mentions(body: string, name: string): boolean {
  if (!body.includes('@')) return false;
  for (const [, word = ''] of withoutCode(body).matchAll(mentionPattern))
    if (mentionedName(word, name).isMe) return true;
  return false;
}

/** In one pass: a pattern that looks for the end of each run of backticks takes seconds for a hostile body. */
function withoutCode(body: string): string {
  const parts = body.replace(/^(```|~~~)[\s\S]*?(?:^\1|$(?![\s\S]))/gm, ' ').split(/(`+)/);
  const nextOfLength = new Map<number, number>();
  const ends: (number | undefined)[] = [];
  for (let i = parts.length - 2; i > 0; i -= 2) {
    const length = parts[i]?.length ?? 0;
    ends[i] = nextOfLength.get(length);
    nextOfLength.set(length, i);
  }
  let text = '';
  for (let i = 0; i < parts.length; i++) {
    text += ends[i] ? ' ' : parts[i];
    i = ends[i] ?? i;
  }
  return text;
}
