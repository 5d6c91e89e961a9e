import { createHmac } from 'node:crypto';

/** The signature of Standard Webhooks, before it is encoded: HMAC-SHA256 over `id.timestamp.body`. */
export function signatureOf(
  key: Uint8Array,
  {
    id,
    timestamp,
    body,
  }: { readonly id: string; readonly timestamp: string; readonly body: Uint8Array | string },
): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}

/** Shorter ones can be guessed. */
const SHORTEST_KEY_BYTES = 16;

/**
 * The key that a secret stands for: the base64 behind `whsec_` (Standard Webhooks), or the text itself. Null: it is too
 * short, or no base64.
 */
export function signingKeyOf(secret: string): Uint8Array | null {
  const encoded = /^whsec_(.*)$/s.exec(secret)?.[1];
  if (encoded !== undefined && !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return null;
  const key = encoded === undefined ? Buffer.from(secret, 'utf8') : Buffer.from(encoded, 'base64');
  return key.length < SHORTEST_KEY_BYTES ? null : key;
}
