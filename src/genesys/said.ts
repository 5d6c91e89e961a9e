const LONGEST = 100;
/** Of a character that the cut went through. */
const HALF = /[\ud800-\udbff]$/;

/**
 * What the other side says, fit for a sentence, a column and a terminal: bounded, on one line, printable. What is
 * replaced or cut stays visible, so that it never equals what it is not.
 */
export function said(text: string, longest = LONGEST): string {
  const printable = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  return printable.length > longest ? `${printable.slice(0, longest).replace(HALF, '')}…` : printable;
}
