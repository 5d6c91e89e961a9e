/** Why a row cannot go in: for machines, and as a sentence. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** The text with `mark` for each character that could steer a terminal or hide others. */
export function printable(text: string, mark: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, mark);
}

const SHOWN = 60;

/** A value from a file for a sentence: quoted, cut, and without characters that could steer a terminal. */
export function quote(value: string): string {
  const cut = value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
  return `"${printable(cut, '\uFFFD')}"`;
}

const LISTED = 10;

/** Several of them; only the first where there are many. */
export function quoteSome(values: readonly string[]): string {
  const shown = values.slice(0, LISTED).map(quote).join(', ');
  return values.length > LISTED ? `${shown} and ${values.length - LISTED} more` : shown;
}
