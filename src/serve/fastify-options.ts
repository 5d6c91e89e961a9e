import type { Server } from 'node:http';
import type { FastifyHttpOptions } from 'fastify';
import { LIMITS } from './limits.ts';
import { refuseSocket } from './refuse-socket.ts';

/** An id that a proxy may have given the request. */
const REQUEST_ID = /^[\w.-]{1,64}$/;

/** The limits, as Fastify and Node want to be told. */
export function fastifyOptions(newId: () => string) {
  return {
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
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId();
    },
    clientErrorHandler: refuseSocket,
  } satisfies FastifyHttpOptions<Server>;
}
