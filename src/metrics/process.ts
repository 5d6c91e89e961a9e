import { collectDefaultMetrics, type Registry } from 'prom-client';

/** What is worth watching of a server. The rest is detail of V8, or gauges that are called like counters. */
const KEPT =
  /^(?:process_.*|nodejs_eventloop_lag(?:_p50|_p99)?_seconds|nodejs_heap_size_(?:total|used)_bytes|nodejs_gc_duration_seconds|nodejs_version_info)$/;

/** Memory, processor time, files, event loop and collector of this process, under the names that all programs use. */
export function processMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray())
    if (!KEPT.test(name)) registry.removeSingleMetric(name);
}
