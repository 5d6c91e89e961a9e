import { type Origin, sourceOf } from './close-request.ts';
import type { OutcomeKind } from './outcome.ts';
import { type Instant, MINUTE } from './time.ts';

/** Every offset in use, and every change of one, is a multiple of this (IANA time zone data since 1972). */
export const SLOT_MS = 15 * MINUTE;

/** How many outcomes of one kind one run recorded within one quarter hour: what pruning leaves of them. */
export interface Summary {
  readonly runId: number;
  readonly outcome: OutcomeKind;
  readonly reason: string | null;
  /** A list without its lines: `csv:FILE`. */
  readonly origin: Origin;
  readonly queueId: string | null;
  /** The first moment of the quarter hour. */
  readonly slotAt: Instant;
  readonly n: number;
  /** HTTP attempts spent on all of them. */
  readonly requests: number;
}

/** What a summary needs of one outcome of a real run. */
export type Summarisable = Omit<Summary, 'slotAt' | 'n'> & { readonly decidedAt: Instant };

/** One summary for each group of outcomes that no report tells apart. */
export function summarise(outcomes: Iterable<Summarisable>): Summary[] {
  const groups = new Map<string, Summary>();
  for (const { decidedAt, ...one } of outcomes) {
    const origin = sourceOf(one.origin);
    const slotAt = Math.floor(decidedAt / SLOT_MS) * SLOT_MS;
    const key = JSON.stringify([slotAt, one.runId, one.outcome, one.reason, one.queueId, origin]);
    const { n, requests } = groups.get(key) ?? { n: 0, requests: 0 };
    groups.set(key, { ...one, origin, slotAt, n: n + 1, requests: requests + one.requests });
  }
  return [...groups.values()];
}
