import type { Period } from './period.ts';
import type { OutcomeRow, ReportStore } from './ports.ts';

/**
 * Everything that a report of this time counts: each outcome, and what pruning has left of others. A summary counts
 * when its quarter hour begins within the time.
 */
export function* counted(
  record: Pick<ReportStore, 'outcomes' | 'summaries'>,
  { since, until }: Period,
): Iterable<OutcomeRow> {
  for (const { slotAt, ...summary } of record.summaries(since, until))
    yield { ...summary, decidedAt: slotAt, close: null };
  yield* record.outcomes(since, until);
}
