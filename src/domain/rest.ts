import type { Outcome } from './outcome.ts';
import { DAY, HOUR, type Instant } from './time.ts';

/** What is needed of one recorded look. */
export type PastOutcome = Pick<Outcome, 'outcome' | 'httpStatus' | 'decidedAt'>;

/** After so many nights it is the conversation, not the night. */
const NIGHTS = 3;
/** Two runs of one night are not two nights. */
const NIGHT_APART_MS = 12 * HOUR;
/** Half a day short of a week, so that the run of the seventh night, at the same hour, finds it due. */
const REST_MS = 7 * DAY - 12 * HOUR;

/**
 * Until when a conversation is left alone because it could not be closed three nights running (unconfirmed, or
 * forbidden); null: it is tried as usual. Each further try that ends the same way makes it rest for another week.
 *
 * @param outcomes of real runs, the newest first, without those of runs that ended because of the remote side as a whole
 */
export function restsUntil(outcomes: Iterable<PastOutcome>): Instant | null {
  let nights = 0;
  let newest: Instant | null = null;
  let counted = Number.POSITIVE_INFINITY;
  for (const past of outcomes) {
    if (bringsNoNews(past)) continue;
    if (!couldNotBeClosed(past)) return null;
    newest ??= past.decidedAt;
    if (counted - past.decidedAt < NIGHT_APART_MS) continue;
    counted = past.decidedAt;
    if (++nights === NIGHTS) return newest + REST_MS;
  }
  return null;
}

function couldNotBeClosed({ outcome, httpStatus }: PastOutcome): boolean {
  return outcome === 'unconfirmed' || (outcome === 'failed' && httpStatus === 403);
}

/** It was not tried, or what went wrong was the network and not the conversation. */
function bringsNoNews({ outcome, httpStatus }: PastOutcome): boolean {
  return outcome === 'not_attempted' || outcome === 'expired' || (outcome === 'failed' && httpStatus !== 403);
}
