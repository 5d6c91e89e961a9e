/** Why a row cannot go in: for machines, and as a sentence. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

const SHOWN = 60;

/** A value from a file for a sentence: quoted, cut, and without characters that could steer a terminal. */
export function quote(value: string): string {
  const cut = value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
  return `"${cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')}"`;
}
