import { MINUTE, SECOND } from '../../src/domain/time.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { START } from '../helpers/virtual-clock.ts';
import type { Harm, Operation, Times } from './harm.ts';
import { INTENT, NOTHING, type Played } from './play.ts';

/** What must become of the conversation. */
export type Expected = Omit<Played, 'wrong'>;

/** For each number of times that differs; a sentence says why the harm cannot be done to this operation. */
export type Cell = { readonly [times in Times]?: Expected } | string;

export interface Row {
  readonly what: string;
  readonly harm: Harm;
  readonly cells: Readonly<Record<Operation, Cell>>;
}

const STALE = 'closed/stale_unanswered';
const ENDED = 'already_closed/ended';

const closed = (patches: number): Expected => ({ outcome: STALE, exit: 0, patches, next: NOTHING });
const notRead: Expected = { outcome: 'failed/inspect', exit: 3, patches: 0, next: STALE };
const notShown = (patches: number): Expected => ({
  outcome: 'unconfirmed/stale_unanswered',
  exit: 3,
  patches,
  next: STALE,
});
const notVerified: Expected = { outcome: INTENT, exit: 3, patches: 1, next: STALE };
const ruledOut: Expected = { outcome: `${ENDED} by analytics`, exit: 0, patches: 0, next: NOTHING };
const readInstead: Expected = { outcome: ENDED, exit: 0, patches: 0, next: NOTHING };
const notBegun: Expected = { outcome: NOTHING, exit: 8, patches: 0, next: STALE };
/** The run was ended in good order, and had sent so many closes that were turned away. */
const runEnded = (exit: number, patches = 0): Expected => ({
  outcome: 'not_attempted/run_ended',
  exit,
  patches,
  next: STALE,
});

/** No answer, and nothing was carried out. */
const LOST: Row['cells'] = {
  read: { once: closed(1), always: notRead },
  close: { once: closed(2), always: notShown(2) },
  verify: { once: closed(1), always: notVerified },
  survey: { once: ruledOut, always: readInstead },
  token: { once: closed(1), always: notBegun },
};

/** No answer, but what was asked for has been done. */
const ANSWER_LOST: Row['cells'] = { ...LOST, close: { once: closed(1), always: closed(1) } };

/** Three in a row: a read has patience for just so many. */
const withBurst = (cells: Row['cells'], close: Expected): Row['cells'] => ({
  read: { ...(cells.read as object), burst: closed(1) },
  close: { ...(cells.close as object), burst: close },
  verify: { ...(cells.verify as object), burst: closed(1) },
  survey: { ...(cells.survey as object), burst: ruledOut },
  token: { ...(cells.token as object), burst: closed(1) },
});

/** A whole answer with a 2xx that says nothing; what was asked for has been done. Reads are not repeated for it. */
const GIBBERISH: Row['cells'] = {
  read: { once: notRead, always: notRead },
  close: { once: closed(1), always: closed(1) },
  verify: { once: closed(1), always: notVerified },
  survey: { once: readInstead, always: readInstead },
  token: { once: closed(1), always: notBegun },
};

/** Unusual, and right. */
const HARMLESS: Row['cells'] = {
  read: { always: closed(1) },
  close: { always: closed(1) },
  verify: { always: closed(1) },
  survey: { always: ruledOut },
  token: { always: closed(1) },
};

/** Turned away once, and waited for as long as it takes. */
const WAITED_FOR: Row['cells'] = {
  read: { once: closed(1) },
  close: { once: closed(2) },
  verify: { once: closed(1) },
  survey: { once: ruledOut },
  token: { once: closed(1) },
};

const nightOver: Expected = { outcome: NOTHING, exit: 8, patches: 0, next: `${ENDED} by analytics` };
/** A daily limit: the run stops at once. */
const DAILY_LIMIT: Row['cells'] = {
  read: { once: runEnded(8) },
  close: { once: runEnded(8, 1) },
  verify: { once: { ...notVerified, exit: 8 } },
  survey: { once: nightOver },
  // Asked again after waits of our own: tokens have no daily limit.
  token: { once: closed(1) },
};

const WRONG_CLOCK: Row['cells'] = {
  read: { always: { outcome: 'not_attempted/refused', exit: 5, patches: 0, next: STALE } },
  close: { always: { outcome: 'closed/requested', exit: 0, patches: 1, next: NOTHING } },
  verify: { always: { outcome: 'closed/requested', exit: 0, patches: 1, next: NOTHING } },
  survey: { always: ruledOut },
  token: 'its life is counted from when we asked for it, on our clock',
};

const limited = (retryAfter: string): Harm => ({ fault: { kind: '429', retryAfter } });
const inFiveSeconds = new Date(START + 5 * SECOND).toUTCString();
/** Neither a `Retry-After`, nor what the limit is. */
const silent429: Fault = {
  kind: 'reply',
  status: 429,
  headers: { 'inin-ratelimit-reset': '' },
  body: '{"code":"too.many.requests"}',
};
const refusedCredentials: Fault = { kind: 'reply', status: 401, body: '{"error":"invalid_client"}' };

const onlyToken = (cell: Cell): Row['cells'] => {
  const reason = 'only the token endpoint answers so';
  return { read: reason, close: reason, verify: reason, survey: reason, token: cell };
};

export const TABLE: readonly Row[] = [
  {
    what: 'connection refused',
    harm: 'refused',
    cells: {
      ...LOST,
      // It certainly never left.
      close: { once: closed(1), always: { outcome: 'failed/close', exit: 3, patches: 0, next: STALE } },
      survey: { once: ruledOut, always: { ...notRead, next: `${ENDED} by analytics` } },
    },
  },
  {
    what: 'DNS failure',
    harm: 'dns',
    cells: {
      read: { always: notRead },
      close: 'the read before it fails already: a name fails for all requests alike',
      verify: 'the read before it fails already: a name fails for all requests alike',
      survey: { always: { ...notRead, next: `${ENDED} by analytics` } },
      token: { always: notBegun },
    },
  },
  { what: 'reset before it was carried out', harm: { fault: 'reset_before' }, cells: LOST },
  { what: 'reset after it was carried out', harm: { fault: 'reset_after' }, cells: ANSWER_LOST },
  { what: 'kept-alive connection closed under us', harm: { fault: 'hang_up' }, cells: LOST },
  { what: 'never answered, not carried out', harm: { fault: 'timeout' }, cells: LOST },
  { what: 'never answered, but carried out', harm: { fault: 'timeout_after' }, cells: ANSWER_LOST },
  { what: 'the rest of the body never comes', harm: { fault: 'stall' }, cells: ANSWER_LOST },
  { what: 'slow drip: bytes keep coming, never the whole', harm: { fault: 'drip' }, cells: ANSWER_LOST },
  { what: 'cut off within the body', harm: { fault: 'cut' }, cells: ANSWER_LOST },
  { what: 'half of the JSON, with its own length', harm: { fault: 'truncated_json' }, cells: GIBBERISH },
  { what: 'empty body', harm: { fault: 'empty_body' }, cells: GIBBERISH },
  { what: 'an encoding that nobody knows', harm: { fault: 'unknown_encoding' }, cells: GIBBERISH },
  {
    what: 'HTML in a 200, not carried out',
    harm: { fault: 'html_200' },
    cells: { ...GIBBERISH, close: { once: notShown(1), always: notShown(1) } },
  },
  { what: 'HTML in a 502', harm: { fault: '502' }, cells: withBurst(LOST, notShown(2)) },
  {
    what: '500',
    harm: { fault: '500' },
    cells: {
      ...withBurst(LOST, notShown(2)),
      // Two repeats only: it is more often this very request than a passing weakness.
      read: { ...(LOST.read as object), burst: notRead },
      survey: { ...(LOST.survey as object), burst: readInstead },
      token: { ...(LOST.token as object), burst: notBegun },
    },
  },
  { what: '503', harm: { fault: '503' }, cells: withBurst(LOST, notShown(2)) },
  {
    what: 'HTML in a 504, but carried out',
    harm: { fault: '504' },
    cells: withBurst(ANSWER_LOST, closed(1)),
  },
  { what: '408', harm: { fault: '408' }, cells: LOST },
  { what: 'JSON that says to be HTML', harm: { fault: 'wrong_type' }, cells: HARMLESS },
  { what: 'gzip', harm: { fault: 'gzip' }, cells: HARMLESS },
  { what: 'deflate', harm: { fault: 'deflate' }, cells: HARMLESS },
  { what: 'br', harm: { fault: 'br' }, cells: HARMLESS },
  { what: '1 MB of fields that nobody knows', harm: { fault: 'bloated' }, cells: HARMLESS },
  {
    what: '429, a minute each time',
    harm: { fault: { kind: '429', retryAfter: '60' }, tokenFault: '429' },
    cells: {
      read: { once: closed(1), always: notRead },
      // Five minutes are up while it waits to be sent again.
      close: { once: closed(2), always: { ...notVerified, patches: 5 } },
      verify: { once: closed(1), always: notVerified },
      survey: { once: ruledOut, always: readInstead },
      token: { once: closed(1), always: notBegun },
    },
  },
  {
    what: '429, five seconds each time',
    harm: limited('5'),
    cells: {
      // Twenty requests and a minute without an answer: the remote side counts as out of reach.
      read: { once: closed(1), always: runEnded(8) },
      close: { once: closed(2), always: runEnded(8, 20) },
      verify: { once: closed(1), always: { ...notVerified, exit: 8 } },
      survey: { once: ruledOut, always: readInstead },
      token: { once: closed(1), always: notBegun },
    },
  },
  { what: 'Retry-After as a date', harm: limited(inFiveSeconds), cells: WAITED_FOR },
  { what: 'Retry-After: -5', harm: limited('-5'), cells: WAITED_FOR },
  { what: 'Retry-After: 1e9', harm: limited('1e9'), cells: WAITED_FOR },
  { what: 'no Retry-After', harm: { fault: silent429 }, cells: WAITED_FOR },
  { what: 'Retry-After: 4000', harm: limited('4000'), cells: DAILY_LIMIT },
  { what: 'Retry-After: 99999999999999', harm: limited('99999999999999'), cells: DAILY_LIMIT },
  {
    what: '401',
    harm: { fault: '401', tokenFault: refusedCredentials },
    cells: {
      read: { once: closed(1), always: runEnded(4) },
      close: { once: closed(2), always: runEnded(4, 2) },
      verify: { once: closed(1), always: { ...notVerified, exit: 4 } },
      survey: { once: ruledOut, always: { ...nightOver, exit: 4 } },
      // There it means wrong credentials, for which asking again is no cure.
      token: { once: { ...notBegun, exit: 4 }, always: { ...notBegun, exit: 4 } },
    },
  },
  {
    what: '400 "rate limit exceeded"',
    harm: { fault: '429' },
    cells: onlyToken({ once: closed(1), burst: closed(1), always: notBegun }),
  },
  { what: 'clock 20 minutes ahead', harm: { skewMs: 20 * MINUTE }, cells: WRONG_CLOCK },
  { what: 'clock 20 minutes behind', harm: { skewMs: -20 * MINUTE }, cells: WRONG_CLOCK },
];
