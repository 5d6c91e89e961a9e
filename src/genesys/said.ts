import { printable, shortened } from '../domain/text.ts';

const LONGEST = 100;

/**
 * What the other side says, fit for a sentence, a column and a terminal: bounded, on one line, printable. What is
 * replaced or cut stays visible, so that it never equals what it is not.
 */
export function said(text: string, longest = LONGEST): string {
  return shortened(printable(text, '\uFFFD'), longest);
}
