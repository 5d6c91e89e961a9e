import { timingSafeEqual } from 'node:crypto';
import { type Instant, MINUTE, SECOND } from '../domain/time.ts';
import { headerOf, type WebhookHeaders } from './headers.ts';
import { isSameSecret } from './same-secret.ts';
import { signatureOf } from './signature.ts';

/** How senders prove who they are. Functions, so that no secret shows where this is printed. */
export interface Senders {
  /** Signs by Standard Webhooks; null: nobody does. */
  readonly signingKey: (() => Uint8Array) | null;
  /** For senders that cannot sign; null: nobody may come without a signature. */
  readonly token: (() => string) | null;
}

export type Verified =
  | { readonly status: 'verified' /** As the sender numbers it. */; readonly webhookId: string | null }
  | { readonly status: 'not_configured' | 'unauthorized'; readonly why: string };

/** How far the time of sending may be from now, both ways (Standard Webhooks). */
const REPLAY_WINDOW_MS = 5 * MINUTE;
/** A sender that rotates its secret signs with two; nobody signs with more than a few. */
const MOST_SIGNATURES = 10;
const LONGEST_ID = 256;

/**
 * Whether this was sent by somebody who knows the secret: signed by Standard Webhooks (HMAC-SHA256 over
 * `id.timestamp.body`), or, without a signature, with the static bearer token.
 */
export function verifySender(
  headers: WebhookHeaders,
  body: Uint8Array,
  { signingKey, token }: Senders,
  now: Instant,
): Verified {
  if (signingKey === null && token === null) {
    return {
      status: 'not_configured',
      why: 'neither NIGHTSWEEP_WEBHOOK_SECRET nor NIGHTSWEEP_WEBHOOK_TOKEN is set, so nobody may send webhooks',
    };
  }
  const signatures = headerOf(headers, 'webhook-signature');
  if (signingKey !== null && (signatures !== null || token === null)) {
    return verifySignature(headers, signatures, body, signingKey(), now);
  }
  return token === null ? unauthorized('it is not signed') : verifyToken(headers, token());
}

function unauthorized(why: string): Verified {
  return { status: 'unauthorized', why };
}

function verifySignature(
  headers: WebhookHeaders,
  signatures: string | null,
  body: Uint8Array,
  key: Uint8Array,
  now: Instant,
): Verified {
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  if (signatures === null || id === null || timestamp === null) {
    return unauthorized('it needs the headers webhook-id, webhook-timestamp and webhook-signature');
  }
  if (!isPlainId(id)) {
    return unauthorized('its webhook-id is not a short text without blanks');
  }
  if (!/^\d{1,12}$/.test(timestamp)) return unauthorized('its webhook-timestamp is no number of seconds');
  const expected = signatureOf(key, { id, timestamp, body });
  const given = signatures.split(' ').slice(0, MOST_SIGNATURES);
  // Each is compared, so that the time taken does not tell which of them is right.
  const matching = given.filter((one) => isSignature(one, expected));
  if (matching.length === 0) return unauthorized('its signature is not right');
  const age = now - Number(timestamp) * SECOND;
  if (Math.abs(age) > REPLAY_WINDOW_MS) {
    return unauthorized(
      `its webhook-timestamp is more than five minutes ${age > 0 ? 'old' : 'in the future'}; check both clocks`,
    );
  }
  return { status: 'verified', webhookId: id };
}

function isSignature(text: string, expected: Uint8Array): boolean {
  const encoded = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(text)?.[1];
  if (encoded === undefined) return false;
  const given = Buffer.from(encoded, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function verifyToken(headers: WebhookHeaders, token: string): Verified {
  const given = /^Bearer +([^ ]+) *$/i.exec(headerOf(headers, 'authorization') ?? '')?.[1];
  if (given === undefined) return unauthorized('it needs the header authorization: Bearer TOKEN');
  if (!isSameSecret(given, token)) return unauthorized('its token is not right');
  const id = headerOf(headers, 'webhook-id');
  return { status: 'verified', webhookId: id !== null && isPlainId(id) ? id : null };
}

const isPlainId = (id: string) => id.length <= LONGEST_ID && /^[\x21-\x7e]+$/.test(id);
