import { setImmediate as breathe } from 'node:timers/promises';
import { DatabaseError } from '../domain/errors.ts';
import type { NightEnd } from '../domain/night.ts';
import { type Instant, SECOND } from '../domain/time.ts';
import { routesOfSweep } from '../genesys/routes.ts';
import { cached, inSteps } from '../metrics/cached.ts';
import { createServerMetrics, type ServerMetrics } from '../metrics/server.ts';
import type { Turns } from '../serve/turns.ts';
import type { Store } from '../store/store.ts';
import type { WebhookIntake } from '../webhook/accept.ts';
import type { Worker } from '../webhook/worker.ts';
import type { Context } from './command.ts';

/** Whoever asks more often than this is told the same again. */
const LEAST_MS = 5 * SECOND;
/** Prometheus waits for 10 s. */
const PATIENCE_MS = 2 * SECOND;

/** The metrics of a server; it listens to the clients of this process until `close`. */
export function serverMetrics(
  context: Context,
  parts: {
    readonly store: Pick<Store, 'metrics'>;
    readonly turns: Turns;
    readonly worker: Worker;
    /** When the next night begins; null: none of ours does. */
    readonly nextAt: () => Instant | null;
    /** The last night, where its end is on no record; null otherwise. */
    readonly unrecorded: () => NightEnd | null;
  },
): ServerMetrics & { close: () => void } {
  const { io, log, requests } = context;
  const { policy, requestMaxAgeMs, api } = context.config().config;
  const { now } = io.clock;
  const read = cached(
    // A lock in the way of a step begins the reading anew.
    () => parts.turns.read(() => inSteps(parts.store.metrics.figures(now(), policy.staleAfterMs), breathe)),
    now,
    { leastMs: LEAST_MS, patienceMs: PATIENCE_MS },
  );

  async function figures() {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      log.debug(`the metrics are without the record: ${error.message}`);
      return null;
    }
  }

  const metrics = createServerMetrics({
    sent: routesOfSweep(api),
    worker: parts.worker.state,
    nextAt: parts.nextAt,
    unrecorded: parts.unrecorded,
    version: io.version,
    ...{ figures, requestMaxAgeMs },
  });
  return { ...metrics, close: requests.listen(metrics.onRequest) };
}

/** Counts what comes in by how it is answered. */
export function countedWebhooks(
  acceptWebhook: WebhookIntake['acceptWebhook'],
  count: ServerMetrics['onWebhook'],
): WebhookIntake['acceptWebhook'] {
  return async (webhook) => {
    try {
      const answer = await acceptWebhook(webhook);
      count('event' in answer ? answer.event : null, answer.status);
      return answer;
    } catch (error) {
      count(null, 'error');
      throw error;
    }
  };
}
