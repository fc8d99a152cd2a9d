import { foldName } from '../text/mentions';
import { limits } from '../wire/contract';

/** Whether the server would take it as a person's name, as far as the page can know. */
export const isName = (text: string): boolean =>
  /^[\p{L}\p{M}\p{N}._-]+$/u.test(text) &&
  !/\p{Default_Ignorable_Code_Point}/u.test(text) &&
  [...text].length >= limits.nameMin &&
  [...text].length <= limits.nameMax &&
  foldName(text) !== 'me';

/** A draft on one line, as it is. */
export const oneLine = (body: string): string => body.slice(0, 300).replace(/\s+/g, ' ').trim();
