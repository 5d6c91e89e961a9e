import type { Socket } from 'node:net';
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from 'fastify';
import type { Log } from '../sweep/ports.ts';
import { parseJson } from './body.ts';
import { shaped } from './fields.ts';
import { refusal, toProblem } from './known-errors.ts';
import { LIMITS } from './limits.ts';
import { HttpProblem, PROBLEM_TYPE, problemJson } from './problem.ts';
import type { Method, Route } from './route.ts';
import { type DemandToken, tokenGuard } from './token.ts';

export interface AppOptions {
  readonly routes: readonly Route[];
  /** The token that most routes ask for; null: none is configured, and they are closed. */
  readonly revealToken: (() => string) | null;
  readonly newId: () => string;
  readonly log: Log;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;

/** The HTTP side: routes, limits, and an answer to whatever may come. It does not listen yet. */
export function createApp({ routes, revealToken, newId, log }: AppOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: LIMITS.bodyBytes,
    requestTimeout: LIMITS.requestMs,
    keepAliveTimeout: LIMITS.keepAliveMs,
    maxRequestsPerSocket: LIMITS.requestsOfConnection,
    http: {
      headersTimeout: LIMITS.headersMs,
      connectionsCheckingInterval: LIMITS.checkMs,
      maxHeaderSize: LIMITS.headerBytes,
    },
    routerOptions: { maxParamLength: LIMITS.parameterLength },
    forceCloseConnections: 'idle',
    // What comes in on a connection that is still open is answered, and the connection closed.
    return503OnClosing: false,
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : newId();
    },
    frameworkErrors: (error, request, reply) => fail(error, request, reply, log),
    clientErrorHandler: refuseSocket,
  });
  app.server.maxConnections = LIMITS.connections;

  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => parseJson(body),
  );
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store' });
    if (request.is404) throw new HttpProblem(404, 'unknown_path', 'There is nothing at this path.');
  });
  let isClosing = false;
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
  app.setErrorHandler((error: FastifyError, request, reply) => fail(error, request, reply, log));
  // Needed so that the hook is asked; it has answered before.
  app.setNotFoundHandler(() => {});

  const demandToken = tokenGuard(revealToken);
  for (const one of routes) add(app, one, demandToken);
  for (const path of new Set(routes.map((one) => one.path))) refuseOthers(app, path, routes);
  return app;
}

function add(
  app: FastifyInstance,
  { method, path, isPublic, body, replies, answer }: Route,
  demandToken: DemandToken,
) {
  app.route({
    method,
    url: urlOf(path),
    onRequest: async (request) => {
      if (!isPublic) demandToken(request.headers.authorization);
    },
    handler: async (request, reply) => {
      const call = {
        params: request.params as Record<never, string>,
        body: body === null ? undefined : shaped(body.schema, request.body),
      };
      const { status, body: said } = await answer(call as Parameters<typeof answer>[0]);
      return reply.code(status in replies ? status : 200).send(said);
    },
  });
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

function fail(error: Error, request: FastifyRequest, reply: FastifyReply, log: Log): void {
  const problem = toProblem(error);
  if (problem.status >= 500) {
    const { cause } = problem;
    const why = cause instanceof Error ? cause.message : problem.message;
    log.warn(`${request.method} was answered with ${problem.status}: ${why}`, { request: request.id });
    if (problem.status === 500 && cause instanceof Error)
      log.debug(cause.stack ?? '', { request: request.id });
  }
  reply
    .code(problem.status)
    .headers({ 'x-request-id': request.id, 'cache-control': 'no-store', ...problem.headers })
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problemJson(problem, request.id)));
}

const STATUS_OF_CLIENT_ERROR: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** What is no HTTP never becomes a request: it is answered on its socket, and that is closed. */
function refuseSocket(error: Error & { readonly code?: string }, socket: Socket): void {
  const problem = refusal(STATUS_OF_CLIENT_ERROR[error.code ?? ''] ?? 400);
  if (problem === null || error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(problemJson(problem, ''));
  const head = [
    `HTTP/1.1 ${problem.status} ${(problemJson(problem, '') as { title: string }).title}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
