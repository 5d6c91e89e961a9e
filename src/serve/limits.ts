import { MINUTE, SECOND } from '../domain/time.ts';

/** What one client, or all of them together, can make this program hold at a time. Durations in ms. */
export const LIMITS = {
  bodyBytes: 64 * 1024,
  headerBytes: 8 * 1024,
  /** A session of 200 characters, each of them percent-encoded as up to three bytes. */
  parameterLength: 2_000,
  connections: 256,
  /** Then it is closed in good order, so that clients spread over several servers behind a proxy. */
  requestsOfConnection: 10_000,
  /** For a whole request to come in; and its headers alone. */
  requestMs: 15 * SECOND,
  headersMs: 10 * SECOND,
  /** Longer than proxies keep a connection (60 s), which must not use one that we are about to close. */
  keepAliveMs: 75 * SECOND,
  /** How often slow ones are looked for. */
  checkMs: SECOND,
  /** Writes that have their turn or wait for it. */
  writes: 100,
  /** How long a write waits for its turn and for other programs' locks. */
  patienceMs: 5 * SECOND,
  /** How long one try at a lock may keep everybody waiting. */
  tryMs: 5,
  /** The same for the work on webhooks, which is no request that could be answered later. */
  workerTryMs: SECOND,
  /** Conversations named in one request, and told in one answer. */
  conversations: 1_000,
} as const;

/** What clients are told to wait, in seconds. */
export const RETRY_AFTER = { busy: 2, full: 1, broken: MINUTE / SECOND } as const;
