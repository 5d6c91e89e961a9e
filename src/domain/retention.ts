import type { OutcomeKind } from './outcome.ts';
import { type PastOutcome, restsUntil } from './rest.ts';

/** One recorded outcome of a real run, as far as it matters for whether something still needs it. */
export interface RetainedOutcome extends PastOutcome {
  readonly id: number;
  /** The exit code of its run; null while that has none. */
  readonly exitCode: number | null;
}

const NO_NEWS: readonly OutcomeKind[] = ['not_attempted', 'expired', 'failed'];
const ENDS: readonly OutcomeKind[] = ['closed', 'already_closed', 'not_found'];
/** So many outcomes the ledger looks back. */
const LOOK_BACK = 100;

/** Whether it says that the conversation had ended. */
export function isEnd(outcome: OutcomeKind): boolean {
  return ENDS.includes(outcome);
}

/** The id of the last one that brought news; null: none did. */
export function lastNews(newestFirst: Iterable<RetainedOutcome>): number | null {
  for (const { id, outcome } of newestFirst) if (!NO_NEWS.includes(outcome)) return id;
  return null;
}

/**
 * The ids of those outcomes of a conversation that the next look at it goes by: the last one that brought news, and
 * those that say whether it rests. Its last end is needed too (what our side did before that is no sign of life after
 * it); only whoever finds an end need ask whether it is the last.
 *
 * @param newestFirst begins to read outcomes of real runs; called twice, and read no further than necessary
 */
export function stillNeeded(newestFirst: () => Iterable<RetainedOutcome>): ReadonlySet<number> {
  const news = lastNews(newestFirst());
  const needed = new Set<number>(news === null ? [] : [news]);
  // What it has read it needs.
  restsUntil(ofTheirOwn(newestFirst(), ({ id }) => needed.add(id)));
  return needed;
}

/** As the ledger reads them: without those of runs that suffered from something that was everybody's. */
function* ofTheirOwn(
  newestFirst: Iterable<RetainedOutcome>,
  onRead: (one: RetainedOutcome) => void,
): Iterable<RetainedOutcome> {
  let read = 0;
  for (const one of newestFirst) {
    if (one.exitCode === 4 || one.exitCode === 8) continue;
    if (++read > LOOK_BACK) return;
    onRead(one);
    yield one;
  }
}
