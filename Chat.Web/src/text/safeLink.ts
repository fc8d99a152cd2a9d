/** A link that may be followed. */
export interface SafeLink {
  readonly href: string;
  /** Where it goes, as the browser spells it (punycode); empty if the shown text says so already. */
  readonly host: string;
  /** Of this page's own origin. */
  readonly own: boolean;
}

/** What controls and invisible characters could hide; also those that turn the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const hidden = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** The link, or null if it is not one of http, https and mailto, or can't be read. `text` is what is shown for it. */
export function safeLink(href: string, text: string, origin: string): SafeLink | null {
  if (hidden.test(href) || !/^(https?:\/\/|mailto:)/i.test(href)) return null;
  if (!URL.canParse(href)) return null;
  const url = new URL(href);
  const where = url.protocol === 'mailto:' ? decode(url.pathname) : url.host;
  return { href: url.href, host: says(text, url, where) ? '' : where, own: url.origin === origin };
}

/** Whether the text itself tells the host, and nothing in it could make one read another. */
function says(text: string, url: URL, where: string): boolean {
  if (hidden.test(text)) return false;
  const shown = text.replace(/^(https?:\/\/|mailto:)/i, '').toLowerCase();
  if (url.protocol === 'mailto:') return shown === where.toLowerCase();
  return shown === where || (shown.startsWith(where) && '/?#:'.includes(shown[where.length] ?? ' '));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
