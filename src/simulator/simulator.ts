import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../domain/errors.ts';
import { CONTROL_PREFIX, control } from './control.ts';
import { Exchange, type Incoming, type Interceptor } from './exchange.ts';
import type { Mishap } from './faults.ts';
import { resolveOptions, type SimulatorOptions } from './options.ts';
import { population } from './population.ts';
import { randomStream } from './random.ts';
import { Refusal } from './reply.ts';
import type { RequestRecord } from './request-log.ts';
import { createWorld, type World } from './world.ts';

/** A simulated Genesys Cloud on loopback: login and API on one port, both contracts at once. */
export interface Simulator {
  /** Listens on 127.0.0.1; port 0 takes any free one. @throws {UsageError} when the port is taken */
  start(port?: number): Promise<{ url: string; port: number }>;
  /** Cuts every connection; resolves when nothing is left open. Harmless when it was never started. */
  stop(): Promise<void>;
  /** What comes of a request, without the sockets. Rejects when the signal aborts. */
  answer(incoming: Incoming, signal: AbortSignal): Promise<Mishap>;
  readonly world: World;
  /** Every request to Genesys's side, in the order they came in. */
  readonly log: readonly RequestRecord[];
  /** Sets the one test hook; null removes it. */
  intercept(interceptor: Interceptor | null): void;
}

const HOST = '127.0.0.1';

/** Larger bodies are read to their end and answered with 413. */
const MAX_BODY_BYTES = 64 * 1024;

/** Keep the draws for the several uses apart, and apart from the population's. */
const STREAM = { world: 11, exchange: 12, contextIds: 13 };

export function createSimulator(given: SimulatorOptions): Simulator {
  const options = resolveOptions(given);
  const { now, seed } = options;
  const world = createWorld(now, randomStream(seed, STREAM.world), options.closeEffect);
  for (const record of options.conversations ?? population(seed, options.population, now()))
    world.add(record);
  const exchange = new Exchange(world, options, randomStream(seed, STREAM.exchange));
  const contextIds = randomStream(seed, STREAM.contextIds);
  let running: { server: Server; stopping: AbortController } | null = null;

  async function answer(incoming: Incoming, signal: AbortSignal): Promise<Mishap> {
    const contextId = contextIds.uuid();
    const mishap = incoming.url.pathname.startsWith(CONTROL_PREFIX)
      ? control(incoming, world, exchange.log, now())
      : await exchange.answer(incoming, contextId, signal);
    if (typeof mishap === 'string') return mishap;
    const date = new Date(now() + options.clockSkewMs).toUTCString();
    return {
      ...mishap,
      headers: { Date: date, 'ININ-Correlation-Id': contextId, ...mishap.headers },
    };
  }

  return {
    world,
    log: exchange.log,
    answer,
    intercept(interceptor) {
      exchange.interceptor = interceptor;
    },
    async start(port = 0) {
      if (running !== null) throw new Error('The simulator is already running.');
      const stopping = new AbortController();
      const server = createServer((request, response) => {
        receive(request)
          .then((incoming) => answer(incoming, stopping.signal))
          .then((mishap) => send(response, mishap))
          .catch((error: unknown) => {
            if (stopping.signal.aborted || request.destroyed) return response.destroy();
            send(response, bug(error));
          });
      });
      await listen(server, port);
      running = { server, stopping };
      const { port: actual } = server.address() as AddressInfo;
      return { url: `http://${HOST}:${actual}`, port: actual };
    },
    async stop() {
      if (running === null) return;
      const { server, stopping } = running;
      running = null;
      stopping.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new UsageError(`Port ${port} on ${HOST} is taken; choose another one, or 0 for any that is free.`)
          : error,
      );
    });
    server.listen(port, HOST, resolve);
  });
}

async function receive(request: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return {
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', `http://${HOST}`),
    authorization: request.headers.authorization,
    contentType: request.headers['content-type'] ?? '',
    bodyText: bytes > MAX_BODY_BYTES ? null : Buffer.concat(chunks).toString('utf8'),
  };
}

function send(response: ServerResponse, mishap: Mishap): void {
  if (mishap === 'silence') return;
  if (mishap === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  response.writeHead(mishap.status, {
    ...mishap.headers,
    'Content-Length': String(Buffer.byteLength(mishap.body)),
  });
  response.end(mishap.body);
}

/** A bug of the simulator must not look like an answer of Genesys's. */
function bug(error: unknown) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Refusal(500, 'simulator.bug', '{error}', { error: text }).toReply('simulator');
}
