import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../domain/errors.ts';
import { CONTROL_PREFIX, control } from './control.ts';
import { deliver } from './deliver.ts';
import { Exchange, type Incoming, type Interceptor } from './exchange.ts';
import type { Mishap } from './faults.ts';
import { resolveOptions, type SimulatorOptions } from './options.ts';
import { population } from './population.ts';
import { randomStream } from './random.ts';
import { Refusal } from './reply.ts';
import type { RequestRecord } from './request-log.ts';
import { createWorld, type World } from './world.ts';

/** What a client is to meet with, and the headers that every answer has. */
interface Answer {
  readonly mishap: Mishap;
  readonly headers: Readonly<Record<string, string>>;
}

/** A simulated Genesys Cloud on loopback: login and API on one port, both contracts at once. */
export interface Simulator {
  /** Listens on 127.0.0.1; port 0 takes any free one. @throws {UsageError} when the port is taken */
  start(port?: number): Promise<{ url: string; port: number }>;
  /** Cuts every connection; resolves when nothing is left open. Harmless when it was never started. */
  stop(): Promise<void>;
  /** What becomes of a request, without the sockets. Rejects when the signal aborts. */
  answer(incoming: Incoming, signal: AbortSignal): Promise<Answer>;
  readonly world: World;
  /** Every request to Genesys's side, in the order they came in. */
  readonly log: readonly RequestRecord[];
  /** Sets the one test hook; null removes it. */
  intercept(interceptor: Interceptor | null): void;
  /** From now on its clock is so far ahead of `now`. */
  setClock(skewMs: number): void;
}

const HOST = '127.0.0.1';

/** Larger bodies are read to their end and answered with 413. */
const MAX_BODY_BYTES = 64 * 1024;

/** Keep the draws for the several uses apart, and apart from the population's. */
const STREAM = { world: 11, exchange: 12, contextIds: 13 };

export function createSimulator(given: SimulatorOptions): Simulator {
  const resolved = resolveOptions(given);
  let aheadMs = resolved.clockSkewMs;
  const now = () => resolved.now() + aheadMs;
  const options = { ...resolved, now };
  const { seed } = options;
  const world = createWorld(now, randomStream(seed, STREAM.world), options.closeEffect);
  const { conversations = population(seed, options.population + options.unmapped, now()) } = options;
  world.add(...conversations);
  const exchange = new Exchange(world, options, randomStream(seed, STREAM.exchange));
  const contextIds = randomStream(seed, STREAM.contextIds);
  let running: { server: Server; stopping: AbortController } | null = null;

  async function answer(incoming: Incoming, signal: AbortSignal): Promise<Answer> {
    const contextId = contextIds.uuid();
    const mishap = incoming.url.pathname.startsWith(CONTROL_PREFIX)
      ? control(incoming, world, exchange.log, now())
      : await exchange.answer(incoming, contextId, signal);
    const headers = { Date: new Date(now()).toUTCString(), 'ININ-Correlation-Id': contextId };
    return { mishap, headers };
  }

  async function serve(request: IncomingMessage, response: ServerResponse, signal: AbortSignal) {
    const { mishap, headers } = await answer(await receive(request), signal);
    await deliver(response, mishap, headers, options.sleep, signal);
  }

  return {
    world,
    log: exchange.log,
    answer,
    intercept(interceptor) {
      exchange.interceptor = interceptor;
    },
    setClock(skewMs) {
      aheadMs = skewMs;
    },
    async start(port = 0) {
      if (running !== null) throw new Error('The simulator is already running.');
      const stopping = new AbortController();
      const server = createServer((request, response) => {
        serve(request, response, stopping.signal).catch((error: unknown) => {
          if (stopping.signal.aborted || response.destroyed || response.headersSent)
            return response.destroy();
          const { status, headers, body } = bug(error);
          response.writeHead(status, headers).end(body);
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

/** A bug of the simulator must not look like an answer of Genesys's. */
function bug(error: unknown) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Refusal(500, 'simulator.bug', '{error}', { error: text }).toReply('simulator');
}
