const encoder = new TextEncoder();

/** Bytes of UTF-8 of a body as the server counts them: after trimming. */
export const bodyBytes = (text: string): number => encoder.encode(text.trim()).length;
