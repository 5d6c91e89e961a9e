import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import type { Answered } from '../metrics/ports.ts';
import type { Log } from '../sweep/ports.ts';
import { type AnswerError, errorAnswer } from './answer-error.ts';
import { parseJson } from './body.ts';
import { fastifyOptions } from './fastify-options.ts';
import { shaped } from './fields.ts';
import { LIMITS } from './limits.ts';
import { HttpProblem, UNKNOWN_PATH } from './problem.ts';
import type { Call, Method, Route } from './route.ts';
import { type DemandToken, tokenGuard } from './token.ts';

export interface AppOptions {
  readonly routes: readonly Route[];
  /** The token that most routes ask for; null: none is configured, and they are closed. */
  readonly revealToken: (() => string) | null;
  readonly newId: () => string;
  readonly log: Log;
  /** Told of every request that was answered. */
  readonly onAnswered?: (answered: Answered) => void;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;

/** The HTTP side: routes, limits, and an answer to whatever may come. It does not listen yet. */
export function createApp({ routes, revealToken, newId, log, onAnswered }: AppOptions): FastifyInstance {
  const answerError = errorAnswer(log);
  const app = fastify({ ...fastifyOptions(newId), frameworkErrors: answerError });
  app.server.maxConnections = LIMITS.connections;
  addHooks(app, log, answerError);
  if (onAnswered !== undefined) tellAnswers(app, onAnswered);
  const demandToken = tokenGuard(revealToken);
  app.register(async (scope) => {
    readBodies(scope, 'application/json', parseJson);
    for (const one of routes) if (one.body !== 'bytes') add(scope, one, demandToken);
  });
  app.register(async (scope) => {
    readBodies(scope, '*', (bytes) => bytes);
    for (const one of routes) if (one.body === 'bytes') add(scope, one, demandToken);
  });
  for (const path of new Set(routes.map((one) => one.path))) refuseOthers(app, path, routes);
  return app;
}

function addHooks(app: FastifyInstance, log: Log, answerError: AnswerError): void {
  let isClosing = false;
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store' });
    if (request.is404) throw new HttpProblem(404, UNKNOWN_PATH, 'There is nothing at this path.');
  });
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    // What was in hand when it began to close would else keep its connection, and us with it.
    if (isClosing) reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request, reply) => {
    const what = `${request.method} ${request.routeOptions.url ?? '(unknown path)'}`;
    log.debug(`${what}: ${reply.statusCode} in ${Math.round(reply.elapsedTime)} ms`, { request: request.id });
  });
  app.setErrorHandler(answerError);
  // Needed so that the first hook is asked, which answers.
  app.setNotFoundHandler(() => {});
}

function tellAnswers(app: FastifyInstance, onAnswered: (answered: Answered) => void): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const route = (routeOptions.url ?? 'unknown').replace(/:(\w+)/g, '{$1}');
    onAnswered({ method, route, status: reply.statusCode, durationMs: reply.elapsedTime });
  });
}

function readBodies(scope: FastifyInstance, type: string, read: (bytes: Buffer) => unknown): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(type, { parseAs: 'buffer' }, async (_request: FastifyRequest, bytes: Buffer) =>
    read(bytes),
  );
}

function add(scope: FastifyInstance, route: Route, demandToken: DemandToken): void {
  const { method, path, isPublic, replies, answer } = route;
  scope.route({
    method,
    url: urlOf(path),
    onRequest: async (request) => {
      if (!isPublic) demandToken(request.headers.authorization);
    },
    handler: async (request, reply) => {
      const { status, body, headers } = await answer({
        params: request.params as Call<unknown>['params'],
        headers: request.headers,
        body: bodyOf(route, request.body),
      });
      const said = replies[status];
      if (said !== undefined && 'type' in said) reply.type(said.type);
      return reply
        .code(status)
        .headers(headers ?? {})
        .send(body);
    },
  });
}

/** In the shape that the route wants. Throws HttpProblem 400. */
function bodyOf({ body }: Route, given: unknown): unknown {
  if (body === null) return undefined;
  return body === 'bytes' ? (given ?? Buffer.alloc(0)) : shaped(body.schema, given);
}

/** Answers 405 to every other method at this path. */
function refuseOthers(app: FastifyInstance, path: string, routes: readonly Route[]): void {
  const own: readonly Method[] = routes.filter((one) => one.path === path).map(({ method }) => method);
  const allowed = METHODS.filter((method) => own.includes(method === 'HEAD' ? 'GET' : (method as Method)));
  app.route({
    method: METHODS.filter((method) => !allowed.includes(method)),
    url: urlOf(path),
    onRequest: async () => {
      const allow = allowed.join(', ');
      throw new HttpProblem(405, 'method_not_allowed', `This path knows ${allow}.`, { headers: { allow } });
    },
    handler: () => {},
  });
}

/** `/sessions/{sessionId}` as the router writes it. */
function urlOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}
