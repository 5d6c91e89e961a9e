import { Registry } from 'prom-client';
import { type Instant, SECOND } from '../domain/time.ts';
import type { Reading } from './cached.ts';
import { httpMetrics, type ServedRoute, webhookMetrics } from './http.ts';
import { counter, gauge } from './instruments.ts';
import { infoText } from './night-file.ts';
import type { RecordFigures, RequestObserver } from './ports.ts';
import { processMetrics } from './process.ts';
import { recordText, type Unrecorded } from './record.ts';
import { type RequestRoute, requestMetrics } from './requests.ts';

const PHASES = ['stopped', 'idle', 'working', 'waiting_for_lease', 'backing_off'] as const;

/** What the work in the background is at. */
export interface WorkerFigures {
  readonly phase: (typeof PHASES)[number];
  readonly ready: boolean;
  readonly failures: number;
  readonly batches: number;
}

export interface ServerMetricsParts {
  readonly sent: readonly RequestRoute[];
  readonly worker: () => WorkerFigures;
  /** When the next sweep begins; null: nobody has planned one. */
  readonly nextAt: () => Instant | null;
  /** The last night, if it could not begin and is on no record. */
  readonly unrecorded: () => Unrecorded | null;
  /** Null: the record cannot be read now. */
  readonly figures: () => Promise<Reading<RecordFigures> | null>;
  readonly requestMaxAgeMs: number;
  readonly version: string;
}

/** Everything that a server counts and tells. */
export interface ServerMetrics {
  readonly onRequest: RequestObserver;
  /** Begins to count what these routes answer. To be called once. */
  served(routes: readonly ServedRoute[]): ReturnType<typeof httpMetrics>;
  readonly onWebhook: ReturnType<typeof webhookMetrics>;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
}

export const CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

export function createServerMetrics(parts: ServerMetricsParts): ServerMetrics {
  const registry = new Registry();
  processMetrics(registry);
  return {
    onRequest: requestMetrics(registry, parts.sent),
    served: (routes) => httpMetrics(registry, routes),
    onWebhook: webhookMetrics(registry),
    text: async () => {
      const reading = await parts.figures();
      const record =
        reading === null ? '' : await recordText(reading.value, parts.requestMaxAgeMs, parts.unrecorded());
      const texts = [
        await infoText(parts.version),
        record,
        await nowText(parts, reading),
        await registry.metrics(),
      ];
      return texts.filter((text) => text !== '').join('\n');
    },
  };
}

/** What is looked at rather than counted. */
function nowText(
  { worker, nextAt }: Pick<ServerMetricsParts, 'worker' | 'nextAt'>,
  reading: Reading<unknown> | null,
): Promise<string> {
  const registry = new Registry();
  const { phase, ready, failures, batches } = worker();
  gauge(registry, 'nightsweep_worker_ready').set(ready ? 1 : 0);
  const phases = gauge(registry, 'nightsweep_worker_phase');
  for (const one of PHASES) phases.set({ phase: one }, one === phase ? 1 : 0);
  gauge(registry, 'nightsweep_worker_failures').set(failures);
  counter(registry, 'nightsweep_worker_batches_total').inc(batches);
  const next = nextAt();
  if (next !== null) gauge(registry, 'nightsweep_schedule_next_timestamp_seconds').set(next / SECOND);
  gauge(registry, 'nightsweep_record_readable').set(reading === null ? 0 : 1);
  if (reading !== null) gauge(registry, 'nightsweep_record_read_seconds').set(reading.tookMs / SECOND);
  return registry.metrics();
}
