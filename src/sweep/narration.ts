import { COUNT_OF, type Counts } from '../domain/run.ts';
import type { Progress, SweepDeps } from './context.ts';
import { createRecorder, type Recorder } from './recorder.ts';

/** The recorder, and the progress that is told after each of its records. */
export function createNarration(deps: SweepDeps, runId: number, dryRun: boolean) {
  let current: { phase: Progress['phase']; total: number } = { phase: 'recovering', total: 0 };
  const recorder: Recorder = createRecorder({
    runId,
    dryRun,
    ledger: deps.ledger,
    clock: deps.clock,
    onOutcome: (outcome) => {
      deps.onOutcome(outcome);
      tell();
    },
  });
  function tell(): void {
    deps.onProgress({
      ...current,
      done: doneOf(recorder.counts),
      counts: recorder.counts,
      waitingMs: deps.remote.waitingMs(),
    });
  }
  return {
    recorder,
    phase: (phase: Progress['phase'], total: number) => {
      current = { phase, total };
      tell();
    },
  };
}

/** Looked at, one by one or by the survey. */
function doneOf(counts: Readonly<Counts>): number {
  return Object.values(COUNT_OF).reduce((sum, name) => sum + counts[name], 0);
}
