/** What became of a text: its value, or why it was not accepted (null where what is accepted says enough). */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly hint: string | null };

export const accept = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const refuse = (hint: string | null = null): Parsed<never> => ({ ok: false, hint });
