/**
 * What became of a text: its value, or why it was not accepted (null where what is accepted says enough). `isEnough`: the
 * hint tells what to give, so that nothing else has to.
 */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly hint: string | null; readonly isEnough?: true };

export const accept = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const refuse = (hint: string | null = null): Parsed<never> => ({ ok: false, hint });
