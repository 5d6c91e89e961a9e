import { counted } from './counted.ts';
import { figures, type ReportQuestion } from './figures.ts';
import type { ReportStore } from './ports.ts';
import { LISTED, type Report } from './report.ts';

/**
 * The report on a period, read as of one moment.
 *
 * @param staleAfterMs of the policy in force, for what waits now
 */
export function gather(store: ReportStore, question: ReportQuestion, staleAfterMs: number): Report {
  const { since, until, now } = question;
  return store.atOneMoment(() => {
    const due = store.due(now, staleAfterMs);
    const { onHold, pendingRequests } = store.overview(now);
    const resting = store.resting(now, LISTED);
    const prunedUpTo = store.detailSince();
    const detailSince = prunedUpTo !== null && prunedUpTo > since ? prunedUpTo : null;
    return figures(
      {
        outcomes: counted(store, { since, until }),
        totalsBefore: store.totals(since - (until - since), since),
        runs: store.runsOf(since, until),
        backlog: {
          due: due.n,
          oldestMs: due.oldestAt === null ? null : now - due.oldestAt,
          onHold,
          resting: resting.total,
          pendingRequests,
          staleAfterMs,
        },
        failures: store.failures(detailSince ?? since, until, LISTED),
        resting,
        detailSince,
      },
      question,
    );
  });
}
