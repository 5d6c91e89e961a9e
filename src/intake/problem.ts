import { printable, shortened } from '../domain/text.ts';

/** Why a row cannot go in: for machines, and as a sentence. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

const SHOWN = 60;

/** A value from a file for a sentence: quoted, cut, and without characters that could steer a terminal. */
export function quote(value: string): string {
  return `"${printable(shortened(value, SHOWN), '\uFFFD')}"`;
}

const LISTED = 10;

/** Several of them; only the first where there are many. */
export function quoteSome(values: readonly string[]): string {
  const shown = values.slice(0, LISTED).map(quote).join(', ');
  return values.length > LISTED ? `${shown} and ${values.length - LISTED} more` : shown;
}
