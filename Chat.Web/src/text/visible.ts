/**
 * Whether a text leaves something on the screen: the server refuses messages and names of which nothing can be seen.
 */
export const showsSomething = (text: string): boolean =>
  /[^\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Z}\u2800]/u.test(text);
