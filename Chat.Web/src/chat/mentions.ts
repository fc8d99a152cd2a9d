const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

/** Whether a message names this person as `@name`: compared as the server compares names, and not inside a word or an address. */
export function names(body: string, name: string): boolean {
  const wanted = folded(name);
  const text = folded(body);
  if (!text.includes(`@${wanted}`)) return false;
  for (const [, token = ''] of text.matchAll(/(?<![\p{L}\p{M}\p{N}._-])@([\p{L}\p{M}\p{N}._-]+)/gu)) {
    // What ends a sentence may also be part of a name: "@ann." names ann, unless there is somebody called "ann.".
    if (token === wanted || (token.startsWith(wanted) && /^[._-]+$/.test(token.slice(wanted.length)))) return true;
  }
  return false;
}
