import type { RandomStream } from './random.ts';
import { html, Refusal, type Reply, tooManyRequests } from './reply.ts';

/**
 * Ways in which a request can go wrong. These keep it from taking effect: `401`, `408`, `429`, `500`, `502` (HTML),
 * `503`, `html_200` (a proxy answers instead), `reset_before` (the socket dies), `timeout` (never answered).
 * These spoil only the answer: `504` (HTML, the gateway in between gave up waiting), `reset_after`,
 * `truncated_json`, `empty_body`.
 */
export const FAULT_KINDS = [
  '401',
  '408',
  '429',
  '500',
  '502',
  '503',
  '504',
  'html_200',
  'reset_before',
  'reset_after',
  'timeout',
  'truncated_json',
  'empty_body',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault to inject into one request: a kind, a 429 with a given `Retry-After`, or any answer (without effect). */
export type Fault =
  | FaultKind
  | { readonly kind: '429'; readonly retryAfter: string }
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string;
    };

/** What a client meets with: the socket dies, nobody ever answers, or this is sent. */
export type Mishap = 'reset' | 'silence' | Reply;

/** Draws at most one fault for a request; always one number from the stream, so that faults do not shift others. */
export function drawFault(
  random: RandomStream,
  probabilities: Readonly<Partial<Record<FaultKind, number>>>,
): FaultKind | null {
  let draw = random.next();
  for (const kind of FAULT_KINDS) {
    draw -= probabilities[kind] ?? 0;
    if (draw < 0) return kind;
  }
  return null;
}

/** What happens instead of carrying the request out; null when it is carried out. */
export function mishapBefore(fault: Fault | null, retryAfter: string, contextId: string): Mishap | null {
  if (typeof fault === 'object' && fault !== null) {
    return fault.kind === '429'
      ? tooManyRequests(fault.retryAfter).toReply(contextId)
      : { status: fault.status, headers: fault.headers ?? {}, body: fault.body };
  }
  switch (fault) {
    case 'reset_before':
      return 'reset';
    case 'timeout':
      return 'silence';
    case 'html_200':
      return html(200, 'Please sign in to the network');
    case '502':
      return html(502, '502 Bad Gateway');
    case '429':
      return tooManyRequests(retryAfter).toReply(contextId);
    case '401':
      return new Refusal(401, 'bad.credentials', 'Invalid login credentials.').toReply(contextId);
    case '408':
      return new Refusal(408, 'client.timeout', 'The client did not send the request in time.').toReply(
        contextId,
      );
    case '500':
      return new Refusal(500, 'internal.server.error', 'The server encountered an internal error.').toReply(
        contextId,
      );
    case '503':
      return new Refusal(
        503,
        'service.unavailable',
        'Service Unavailable - The server is currently unavailable.',
      ).toReply(contextId);
    default:
      return null;
  }
}

/** What happens to the answer of a request that was carried out. */
export function mishapAfter(fault: Fault | null, reply: Reply): Mishap {
  switch (fault) {
    case 'reset_after':
      return 'reset';
    case '504':
      return html(504, '504 Gateway Time-out');
    case 'truncated_json':
      return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) };
    case 'empty_body':
      return { ...reply, body: '' };
    default:
      return reply;
  }
}
