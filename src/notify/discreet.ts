import { printable, shortened } from '../domain/text.ts';

/** An id of Genesys's, with or without its dashes, whatever stands around it. */
const ID = /[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}/gi;
const EMAIL = /[^\s@<>"'(),;:]{1,64}@[^\s@<>"'(),;:]{1,255}\.[a-z]{2,}/gi;
/** Our sentences are a tenth of this. */
const LONGEST = 2_000;

/**
 * A sentence as it may leave this machine: one line, bounded, without ids and addresses. No sentence that ends a night
 * names a customer; this holds should one ever do so.
 */
export function discreet(text: string): string {
  // Before it is cut: half an id would not be known for one.
  const masked = text.replace(ID, '[id]').replace(EMAIL, '[address]');
  return shortened(printable(masked, ' '), LONGEST);
}
