import type { Registry } from 'prom-client';
import { SECOND } from '../domain/time.ts';
import { counter, histogram } from './instruments.ts';
import { methodLabel } from './labels.ts';
import type { Attempted, RequestObserver } from './ports.ts';

/** An attempt takes 15 s at most by default. */
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30];
/** What waits for less has had its turn at once. */
const LEAST_WAIT_MS = 1;

/** A kind of request that the client sends. */
export type RequestRoute = Pick<Attempted, 'method' | 'route'>;

/** What every route can be answered with; other statuses appear when they are first seen. */
const FROM_THE_START = ['200', '429'];

/**
 * Counts what the client does, into this registry.
 *
 * @param routes those that are there from the start, so that the first request is an increase
 */
export function requestMetrics(registry: Registry, routes: readonly RequestRoute[]): RequestObserver {
  const requests = counter(registry, 'nightsweep_genesys_requests_total');
  const durations = histogram(registry, 'nightsweep_genesys_request_duration_seconds', BUCKETS);
  const retries = counter(registry, 'nightsweep_retries_total');
  const hits = counter(registry, 'nightsweep_rate_limit_hits_total');
  const waits = counter(registry, 'nightsweep_rate_limit_waits_total');
  const waitSeconds = counter(registry, 'nightsweep_rate_limit_wait_seconds_total');
  const givenUp = counter(registry, 'nightsweep_given_up_total');
  for (const { method, route } of routes) {
    durations.zero({ method, route });
    for (const status of FROM_THE_START) requests.inc({ method, route, status }, 0);
  }
  return {
    attempted: ({ method: given, route, status, durationMs }) => {
      const method = methodLabel(given);
      requests.inc({ method, route, status: String(status) });
      durations.observe({ method, route }, Math.max(0, durationMs) / SECOND);
      if (status === 429) hits.inc();
    },
    waited: (ms) => {
      if (!(ms >= LEAST_WAIT_MS)) return;
      waits.inc();
      waitSeconds.inc(ms / SECOND);
    },
    retried: () => retries.inc(),
    gaveUp: () => givenUp.inc(),
  };
}
