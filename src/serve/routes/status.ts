import { z } from 'zod';
import type { Route, RouteDeps } from '../route.ts';
import { statusReply } from '../schemas.ts';

/** For those who watch over the server. They need no token. */
export function statusRoutes({ record, turns }: RouteDeps): Route[] {
  const common = { method: 'GET', isPublic: true, body: null } as const;
  const ok = { status: 200, body: { status: 'ok' } };
  return [
    {
      ...common,
      path: '/healthz',
      operationId: 'getHealth',
      summary: 'Whether the server is alive.',
      replies: { 200: { description: 'It is.', schema: statusReply } },
      problems: [],
      answer: () => ok,
    },
    {
      ...common,
      path: '/readyz',
      operationId: 'getReadiness',
      summary: 'Whether the database can be written and has the schema that is needed.',
      replies: { 200: { description: 'It can.', schema: statusReply } },
      problems: [429, 503],
      answer: async () => {
        await turns.write(() => record.demandReady());
        return ok;
      },
    },
  ];
}

/** @param describe makes the description of all routes, this one among them */
export function descriptionRoute(describe: () => object): Route {
  return {
    method: 'GET',
    path: '/openapi.json',
    operationId: 'getDescription',
    summary: 'This description.',
    isPublic: true,
    body: null,
    replies: { 200: { description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.unknown()) } },
    problems: [],
    answer: () => ({ status: 200, body: describe() }),
  };
}
