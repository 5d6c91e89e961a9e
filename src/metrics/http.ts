import type { Registry } from 'prom-client';
import { SECOND } from '../domain/time.ts';
import { counter, histogram } from './instruments.ts';
import { EVENTS, eventLabel, methodLabel } from './labels.ts';
import type { Answered } from './ports.ts';

/** Most answers take some ms; what waits for a lock takes up to five seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A route that is served, and what it answers with when all is well. */
export interface ServedRoute {
  readonly method: string;
  readonly path: string;
  readonly replies: Readonly<Record<number, unknown>>;
}

/** Counts what is answered over HTTP, into this registry. */
export function httpMetrics(
  registry: Registry,
  routes: readonly ServedRoute[],
): (answered: Answered) => void {
  const requests = counter(registry, 'nightsweep_http_requests_total');
  const durations = histogram(registry, 'nightsweep_http_request_duration_seconds', BUCKETS);
  for (const { method, path: route, replies } of routes) {
    durations.zero({ method, route });
    for (const status of Object.keys(replies)) requests.inc({ method, route, status }, 0);
  }
  return ({ method: given, route, status, durationMs }) => {
    const method = methodLabel(given);
    requests.inc({ method, route, status: String(status) });
    durations.observe({ method, route }, Math.max(0, durationMs) / SECOND);
  };
}

/** How a webhook can be answered; `error`: it could not be recorded. */
const ANSWERS = [
  'accepted',
  'duplicate',
  'ignored',
  'unauthorized',
  'not_configured',
  'bad_request',
  'busy',
  'error',
] as const;
type Answer = (typeof ANSWERS)[number];
/** Before these are answered it is known which event it is. */
const OF_EVENTS: readonly Answer[] = ['accepted', 'duplicate', 'ignored'];

/** Counts webhooks, into this registry. */
export function webhookMetrics(registry: Registry): (event: string | null, answer: Answer) => void {
  const received = counter(registry, 'nightsweep_webhooks_received_total');
  for (const answer of ANSWERS) {
    const events = OF_EVENTS.includes(answer) ? EVENTS : [null];
    for (const event of events) received.inc({ event: eventLabel(event), answer }, 0);
  }
  return (event, answer) => received.inc({ event: eventLabel(event), answer });
}
