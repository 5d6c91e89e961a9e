import type { Outcome } from '../domain/outcome.ts';
import { SECOND } from '../domain/time.ts';
import type { Interrupts, SweepDeps, SweepSettings } from './context.ts';
import type { RunReport } from './run.ts';
import { serveRequests } from './sweep.ts';
import { holder } from './take-lease.ts';

/** What became of one close request, whoever served it. */
export interface Answer extends Outcome {
  readonly runId: number;
}

/** Looks up the answer to a request that another run serves; null: none yet. */
export type FindAnswer = (requestId: number, conversationId: string) => Answer | null;

export interface Served {
  /** The run that we opened for them; null when the holder of the lease served all. */
  readonly report: RunReport | null;
  readonly answers: ReadonlyMap<string, Answer>;
}

const POLL_MS = SECOND / 2;

/**
 * Gets recorded requests served: by us when the lease is free, else by the sweep that holds it. Should that end
 * before it came to them, the lease is taken after all.
 *
 * @param requests conversation id → id of its pending request
 */
export async function serveOrWait(
  deps: SweepDeps,
  settings: SweepSettings,
  requests: ReadonlyMap<string, number>,
  findAnswer: FindAnswer,
  interrupts: Interrupts,
): Promise<Served> {
  const waiting = new Map(requests);
  const answers = new Map<string, Answer>();
  let told = false;
  for (;;) {
    const release = deps.lease.acquire();
    if (release !== null) {
      try {
        collect();
        if (waiting.size === 0) return { report: null, answers };
        const report = await serveRequests(deps, settings, new Set(waiting.keys()), interrupts);
        collect();
        return { report, answers };
      } finally {
        release();
      }
    }
    collect();
    if (waiting.size === 0 || interrupts.stop.aborted) return { report: null, answers };
    if (!told) {
      deps.log.info(`Handed to ${holder(deps.runs)}, which holds the lease; waiting for the outcome.`);
      told = true;
    }
    await deps.clock.sleep(POLL_MS, interrupts.stop).catch(() => {});
  }

  function collect(): void {
    for (const [conversationId, requestId] of waiting) {
      const answer = findAnswer(requestId, conversationId);
      if (answer === null) continue;
      answers.set(conversationId, answer);
      waiting.delete(conversationId);
    }
  }
}
