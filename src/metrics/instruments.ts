import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { CATALOGUE, type MetricName } from './catalogue.ts';

/** Each makes one metric of the catalogue in this registry, never in the one that all of a process share. */

export function gauge(registry: Registry, name: MetricName): Gauge<string> {
  const { help, labels = [] } = CATALOGUE[name];
  return new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
}

export function counter(registry: Registry, name: MetricName): Counter<string> {
  const { help, labels = [] } = CATALOGUE[name];
  return new Counter({ name, help, labelNames: [...labels], registers: [registry] });
}

/** @param buckets in seconds */
export function histogram(
  registry: Registry,
  name: MetricName,
  buckets: readonly number[],
): Histogram<string> {
  const { help, labels = [] } = CATALOGUE[name];
  return new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] });
}
