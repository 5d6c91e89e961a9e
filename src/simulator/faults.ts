import type { RandomStream } from './random.ts';
import { html, Refusal, type Reply, tooManyRequests } from './reply.ts';

/**
 * Ways in which a request can go wrong. These keep it from taking effect: `401`, `408`, `429`, `500`, `502` (HTML),
 * `503`, `html_200` (a proxy answers instead), `reset_before` (the socket dies), `hang_up` (the connection is closed as
 * if it had been idle for too long), `timeout` (never answered).
 * These spoil only the answer: `504` (HTML, the gateway in between gave up waiting), `reset_after`, `timeout_after`,
 * `truncated_json`, `empty_body`, `cut` (the socket dies within the body), `stall` (the rest of the body never comes),
 * `drip` (it comes byte by byte, and never to its end), `unknown_encoding`.
 * These make it only unusual: `gzip`, `deflate`, `br`, `wrong_type` (JSON that says to be HTML), `bloated` (a megabyte of
 * fields that nobody knows).
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
  'hang_up',
  'timeout_after',
  'cut',
  'stall',
  'drip',
  'unknown_encoding',
  'gzip',
  'deflate',
  'br',
  'wrong_type',
  'bloated',
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

/** What a client meets with: the socket dies, nobody ever answers, this is sent, or only part of it. */
export type Mishap =
  | 'reset'
  | 'hang_up'
  | 'silence'
  | Packed
  | { readonly spoilt: 'cut' | 'stall' | 'drip'; readonly reply: Reply };

/** A reply whose body may be compressed. */
export type Packed = Omit<Reply, 'body'> & { readonly body: string | Buffer };

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
    case 'hang_up':
      return 'hang_up';
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
