import type { Gate } from '../gate.ts';
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
  readonly gate: Gate;
}): Route {
  return {
    method: 'GET',
    path: '/metrics',
    operationId: 'getMetrics',
    summary: 'Metrics for Prometheus; open on loopback where no token is configured.',
    isPublic: metrics.isPublic,
    body: null,
    replies: { 200: { description: 'In its text format.', type: metrics.type } },
    problems: metrics.isPublic ? [403] : [],
    answer: async ({ headers }) => {
      // Where everybody on this machine may ask, a page of another site in their browser may not.
      if (metrics.isPublic) metrics.gate.visitor(headers);
      return { status: 200, body: await metrics.text() };
    },
  };
}
