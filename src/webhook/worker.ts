import { EXIT, type ExitCode, ExpectedError } from '../domain/errors.ts';
import { type Instant, SECOND } from '../domain/time.ts';
import type { Clock, Log, Random } from '../sweep/ports.ts';
import { retryWaitMs, troubleWaitMs } from './backoff.ts';
import type { BatchReport, BatchRunner, BatchWork, EventStore, PendingEvent } from './ports.ts';

/** What the worker is doing, for a health check. */
export interface WorkerState {
  readonly phase: 'stopped' | 'idle' | 'working' | 'waiting_for_lease' | 'backing_off';
  /** False while it is stopped, or something that is everybody's trouble keeps events from being worked on. */
  readonly ready: boolean;
  /** Why it is not ready, in a sentence; null: nothing is wrong. */
  readonly trouble: string | null;
  /** How many times in a row. */
  readonly failures: number;
  /** When it tries again; null: it need not. */
  readonly retryAt: Instant | null;
  readonly batches: number;
  readonly lastBatchAt: Instant | null;
}

/** Takes up the events on record, in the background. */
export interface Worker {
  start(): void;
  /** Finishes the batch in hand, within the grace; resolves when nothing is under way any more. */
  stop(): Promise<void>;
  state(): WorkerState;
  /** There is something new on record. */
  wake(): void;
}

export interface WorkerParts {
  readonly events: EventStore;
  readonly batches: BatchRunner;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Events that are due within this time are taken along, so that a burst is one batch. */
  readonly delayMs: number;
  /** How long a batch that is stopped may finish what it has in hand. */
  readonly graceMs: number;
  readonly batchSize?: number;
}

/** How long to wait before the next step. News shorten it, but neither a back-off nor the rest that others need. */
interface Pause {
  readonly ms: number;
  readonly untilNews: boolean;
}

/** So many take some ten seconds at 300 requests a minute: no sweep waits for longer. */
const BATCH_SIZE = 20;
/** Between two batches the lease is free for whoever waits for it, and asks several times a second. */
const REST_MS = SECOND;
/** While another holds the lease, which serves the requests meanwhile. */
const LEASE_POLL_MS = 2 * SECOND;
/** Another process may record events too. */
const LONGEST_SLEEP_MS = 30 * SECOND;
/** How a run ends that suffered from something that is everybody's, or was stopped: no event is to blame. */
const NO_FAULT_OF_EVENTS: readonly ExitCode[] = [
  EXIT.auth,
  EXIT.unavailable,
  EXIT.interrupted,
  EXIT.terminated,
];
const TROUBLE: readonly ExitCode[] = [EXIT.auth, EXIT.unavailable];

export function createWorker(parts: WorkerParts): Worker {
  const { events, batches, clock, random, log, delayMs, graceMs, batchSize = BATCH_SIZE } = parts;
  const stop = new AbortController();
  const abort = new AbortController();
  let running: Promise<void> | null = null;
  let news = new AbortController();
  let phase: WorkerState['phase'] = 'stopped';
  let trouble: string | null = null;
  let failures = 0;
  let retryAt: Instant | null = null;
  let count = 0;
  let lastBatchAt: Instant | null = null;

  async function loop(): Promise<void> {
    while (!stop.signal.aborted) {
      let pause: Pause;
      try {
        pause = await step();
        if (phase !== 'backing_off') recovered();
      } catch (error) {
        pause = failed(error instanceof Error ? error.message : String(error), error);
      }
      await rest(pause);
    }
    phase = 'stopped';
  }

  /** Takes up what is due, if anything; how long to wait before the next step. */
  async function step(): Promise<Pause> {
    const next = events.nextDue();
    const now = clock.now();
    if (next === null || next > now) {
      phase = 'idle';
      return { ms: Math.min((next ?? Number.POSITIVE_INFINITY) - now, LONGEST_SLEEP_MS), untilNews: true };
    }
    const taken = events.due(now + delayMs, batchSize);
    const work = events.takeUp(taken, now);
    if (work.closes.size + work.looks.size === 0) return { ms: 0, untilNews: false };
    phase = 'working';
    const report = await runBatch(taken, work);
    if (report === null) {
      phase = 'waiting_for_lease';
      return { ms: LEASE_POLL_MS, untilNews: false };
    }
    count++;
    lastBatchAt = clock.now();
    const { exitCode, message, stillActive } = report;
    const dueAgain = NO_FAULT_OF_EVENTS.includes(exitCode) ? null : retry;
    events.conclude(taken, { now: clock.now(), stillActive, dueAgain });
    if (TROUBLE.includes(exitCode)) return failed(message, null);
    log.info(`In the background: ${message}`);
    phase = 'idle';
    return { ms: REST_MS, untilNews: false };
  }

  /** What only a bug can throw may be the fault of one of these events, which must not keep all others waiting. */
  async function runBatch(taken: readonly PendingEvent[], work: BatchWork): Promise<BatchReport | null> {
    try {
      return await batches.run(work, { stop: stop.signal, abort: abort.signal });
    } catch (error) {
      if (!(error instanceof ExpectedError)) {
        events.conclude(taken, { now: clock.now(), stillActive: new Set(), dueAgain: retry });
      }
      throw error;
    }
  }

  function retry(attempts: number): Instant {
    return clock.now() + retryWaitMs(attempts, random);
  }

  function recovered(): void {
    if (failures > 0) log.info('The work in the background goes on.');
    failures = 0;
    trouble = null;
    retryAt = null;
  }

  /** Nothing is lost: what is on record stays there. */
  function failed(message: string, error: unknown): Pause {
    failures++;
    trouble = message;
    phase = 'backing_off';
    const waitMs = troubleWaitMs(failures, random);
    retryAt = clock.now() + waitMs;
    const isBug = error !== null && !(error instanceof ExpectedError);
    log.warn(
      `The work in the background waits, for the ${failures}. time in a row: ${message}`,
      isBug ? { stack: (error as Error).stack } : undefined,
    );
    return { ms: waitMs, untilNews: false };
  }

  async function rest({ ms, untilNews }: Pause): Promise<void> {
    const until = untilNews ? AbortSignal.any([stop.signal, news.signal]) : stop.signal;
    await clock.sleep(ms, until).catch(() => {});
    if (news.signal.aborted) news = new AbortController();
  }

  return {
    start: () => {
      running ??= loop();
    },
    stop: async () => {
      stop.abort(EXIT.terminated);
      const over = new AbortController();
      const grace = clock.sleep(graceMs, over.signal).then(
        () => abort.abort(new ExpectedError('The webhooks were stopped.', EXIT.terminated)),
        () => {},
      );
      await running;
      over.abort();
      await grace;
    },
    state: () => ({
      phase,
      ready: phase !== 'stopped' && trouble === null,
      trouble,
      failures,
      retryAt,
      batches: count,
      lastBatchAt,
    }),
    wake: () => news.abort(),
  };
}
