import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether both are the same text. Comparing takes as long for every wrong one: hashed, they are of one length. */
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
