import { offRecord } from '../domain/night.ts';
import { isAtWork } from './at-work.ts';
import { type Around, type Need, needsOf } from './needs.ts';
import { type RunLine, runLines, withUnrecorded } from './run-lines.ts';
import { isBlank, nextOf, type Verdict, verdictOf } from './verdict.ts';

/** Everything that the dashboard says. */
export interface Model
  extends Pick<Around, 'seen' | 'name' | 'times' | 'background' | 'schedule' | 'requestMaxAgeMs'> {
  readonly verdict: Verdict;
  /** When the next sweep is due, in a sentence; null: nobody knows. */
  readonly next: string | null;
  readonly needs: readonly Need[];
  /** Whether there is anything for the background, or could be. */
  readonly hasBackground: boolean;
  readonly runs: readonly RunLine[];
  /** Whether there is nothing to be seen but the verdict. */
  readonly isBlank: boolean;
}

const RUNS = 12;

/** Pure: the same record and surroundings, the same model. */
export function modelOf(around: Around): Model {
  const { seen, name, times, background, schedule, requestMaxAgeMs } = around;
  const verdict = verdictOf(around);
  return {
    ...{ seen, name, times, background, schedule, requestMaxAgeMs },
    verdict,
    next: nextOf(around),
    needs: needsOf(around, verdict),
    hasBackground: hasBackground(around),
    isBlank: isBlank(around),
    runs: linesOf(around),
  };
}

function hasBackground({ isFed, background, seen: { events } }: Around): boolean {
  const isIdle = background === null || (background.trouble === null && background.lastBatchAt === null);
  return isFed || !isIdle || events.waiting > 0 || events.lastReceivedAt !== null;
}

/** The newest runs, with the last night also where it has none. */
function linesOf(around: Around): RunLine[] {
  const { seen, lastNight } = around;
  const lines = runLines(seen, (run) => isAtWork(run, around, seen.now), RUNS);
  if (lastNight === null || offRecord(lastNight, seen.lastSweep) !== 'could_not_begin') return lines;
  return withUnrecorded(lines, lastNight).slice(0, RUNS);
}
