import type { Route } from '../route.ts';

/**
 * What Prometheus asks for every few seconds.
 *
 * @param isPublic only where nobody but programs on this machine can ask
 */
export function metricsRoute(metrics: {
  readonly text: () => Promise<string>;
  readonly type: string;
  readonly isPublic: boolean;
}): Route {
  return {
    method: 'GET',
    path: '/metrics',
    operationId: 'getMetrics',
    summary: 'Metrics for Prometheus; open on loopback where no token is configured.',
    isPublic: metrics.isPublic,
    body: null,
    replies: { 200: { description: 'In its text format.', type: metrics.type } },
    problems: [],
    answer: async () => ({ status: 200, body: await metrics.text() }),
  };
}
