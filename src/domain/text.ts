/** The second half of the character that a cut went through is gone; a lone first half is no text. */
const HALF = /[\ud800-\udbff]$/;

/** At most `longest` UTF-16 units of the text from its beginning, and only whole characters. */
export function beginning(text: string, longest: number): string {
  return text.length > longest ? text.slice(0, longest).replace(HALF, '') : text;
}

/** The same, with `…` where something is left out. */
export function shortened(text: string, longest: number): string {
  return text.length > longest ? `${beginning(text, longest)}…` : text;
}

/** The text with `mark` for each character that could steer a terminal or hide others. */
export function printable(text: string, mark: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, mark);
}

/** `1 close request`, `2 close requests`: for nouns whose plural is made with an s. */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** How a formula begins, in full width too, and behind blanks and what nobody sees; OWASP adds tab and line ends. */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;

/** Whether a spreadsheet could run the text of a cell. */
export function isFormula(text: string): boolean {
  return FORMULA.test(text);
}
