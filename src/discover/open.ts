import { ApiError, EXIT, type ExitCode, worstExit } from '../domain/errors.ts';
import { toIso } from '../domain/time.ts';
import type { Log } from '../sweep/ports.ts';
import { type Asking, ask, forbidden, LIMIT_REACHED, type Stop, Stopped } from './asking.ts';
import { readPages } from './pages.ts';
import { halvesOf, piecesOf } from './pieces.ts';
import type { DiscoverApi, DiscoverStore, OpenConversation, Period, Wanted } from './ports.ts';

/** A part of the period that analytics did not answer for, or not wholly. */
export interface Gap extends Period {
  /** In words. */
  readonly why: string;
}

/** What was found out, and how far that goes. */
export interface Discovery {
  /** Those that no mapping knows, by start and id. */
  readonly unmapped: readonly OpenConversation[];
  /** Open ones that a mapping knows. */
  readonly mapped: number;
  /** Of these, the ones that the record says have ended. */
  readonly mappedAsEnded: number;
  /** Entries of answers that could not be understood. */
  readonly unreadable: number;
  readonly gaps: readonly Gap[];
  /** Why the rest of the period was not asked for; null: it was. */
  readonly stop: Stop | null;
}

export interface DiscoverOpen extends Asking {
  readonly api: Pick<DiscoverApi, 'openIn'>;
  readonly store: Pick<DiscoverStore, 'statesOf'>;
  readonly log: Log;
  readonly period: Period;
  readonly wanted: Wanted;
  /** Conversations to list at most; null: no limit. */
  readonly limit: number | null;
  /** Called after each piece: up to when the period has been asked for, and how many were found by then. */
  readonly onProgress: (upTo: number, found: number) => void;
}

/** So many pieces in a row that cannot be had: the next ones will not be either. */
const MOST_GAPS_IN_A_ROW = 3;

/**
 * Finds the conversations that analytics knows to be open and no mapping knows, oldest first. What is too much for one
 * call is asked for in halves. Reads only; whatever goes wrong, what was found until then is told, and what is missing.
 */
export async function discoverOpen(options: DiscoverOpen): Promise<Discovery> {
  const { period, wanted, limit, store, log } = options;
  const unmapped = new Map<string, OpenConversation>();
  const states = new Map<string, string>();
  const gaps: Gap[] = [];
  let unreadable = 0;
  let gapsInARow = 0;

  function take(conversations: readonly OpenConversation[]): void {
    // A day is never answered for in part, so that those before and after the period come along.
    const within = conversations.filter(
      ({ startedAt }) => startedAt >= period.since && startedAt < period.until,
    );
    const known = store.statesOf(within.map(({ conversationId }) => conversationId));
    for (const one of within) {
      const state = known.get(one.conversationId);
      if (state !== undefined) states.set(one.conversationId, state);
      else if (limit === null || unmapped.size < limit || unmapped.has(one.conversationId)) {
        unmapped.set(one.conversationId, one);
      } else throw new Stopped(LIMIT_REACHED);
    }
  }

  function leaveOut(piece: Period, why: string): void {
    gaps.push({ ...piece, why });
    if (++gapsInARow < MOST_GAPS_IN_A_ROW) return;
    const sentence = 'Analytics answers for no part of the period any more; run again later.';
    throw new Stopped({ exitCode: EXIT.unavailable, sentence });
  }

  async function takePiece(piece: Period): Promise<void> {
    const halves = halvesOf(piece);
    let why = 'there is more than can be paged through';
    try {
      const query = { period: piece, wanted, divisible: halves !== null };
      const read = await readPages(
        (page) => ask(options, (context) => options.api.openIn({ ...query, page }, context)),
        take,
      );
      if (read !== null) {
        unreadable += read.unreadable;
        gapsInARow = 0;
        if (!read.complete) gaps.push({ ...piece, why: 'it changed faster than it could be read' });
        options.onProgress(piece.until, unmapped.size);
        return;
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.failure === 'forbidden') throw forbidden(error);
      why = error.message;
      if (!mayBeTooMuch(error)) return leaveOut(piece, why);
    }
    if (halves === null) return leaveOut(piece, why);
    const { since, until } = piece;
    log.debug(`${toIso(since)} to ${toIso(until)} is too much for one call, asking in two: ${why}`);
    for (const half of halves) await takePiece(half);
  }

  let stop: Stop | null = null;
  try {
    for (const piece of piecesOf(period)) await takePiece(piece);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    stop = error.stop;
  }
  return {
    unmapped: [...unmapped.values()].sort(byStart),
    mapped: states.size,
    mappedAsEnded: [...states.values()].filter((state) => state !== 'open').length,
    unreadable,
    gaps,
    stop,
  };
}

/** The exit code that a discovery deserves. */
export function discoveryExit({ stop, gaps, unreadable }: Discovery): ExitCode {
  return worstExit([
    stop?.exitCode ?? EXIT.ok,
    gaps.length > 0 ? EXIT.unavailable : EXIT.ok,
    unreadable > 0 ? EXIT.incomplete : EXIT.ok,
  ]);
}

/** A 400, or no answer to a query that took too long: half of it may do. */
function mayBeTooMuch({ status, failure }: ApiError): boolean {
  return status === 400 || failure === 'lost';
}

function byStart(a: OpenConversation, b: OpenConversation): number {
  return a.startedAt - b.startedAt || (a.conversationId < b.conversationId ? -1 : 1);
}
