import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { onTestFinished } from 'vitest';
import { createDashboard } from '../../src/dashboard/dashboard.ts';
import type { BackgroundState, DashboardStore, ScheduleState } from '../../src/dashboard/ports.ts';
import { DAY, HOUR, type Instant } from '../../src/domain/time.ts';
import { createApp } from '../../src/serve/app.ts';
import { createGate } from '../../src/serve/gate.ts';
import type { ServedRecord } from '../../src/serve/ports.ts';
import { PROBLEM_TYPE } from '../../src/serve/problem.ts';
import { allRoutes } from '../../src/serve/routes/index.ts';
import { listen } from '../../src/serve/server.ts';
import { createTurns } from '../../src/serve/turns.ts';
import Database from '../../src/store/sqlite.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { createWebhookIntake, type WebhookIntake } from '../../src/webhook/accept.ts';
import { createAcceptor } from '../../src/webhook/acceptor.ts';
import { every } from '../helpers/expected.ts';
import { T0 } from '../store/fixtures.ts';

export const TOKEN = 'a-token-of-the-tests-0123';

export interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  readonly json: any;
}

export interface Sent {
  readonly body?: string | Uint8Array | object | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null: none is sent. */
  readonly token?: string | null;
}

export interface Server {
  readonly url: string;
  readonly store: Store;
  readonly path: string;
  /** What was narrated, lines with their fields. */
  readonly said: string[];
  /** What the clock of the server shows. */
  now: Instant;
  send(method: string, path: string, sent?: Sent): Promise<Said>;
  /** Takes all mappings and close requests away. */
  clear(): void;
  leave(): Promise<void>;
}

export interface ServerOptions {
  readonly token?: string | null;
  readonly record?: Partial<ServedRecord>;
  readonly writes?: number;
  readonly patienceMs?: number;
  readonly acceptWebhook?: WebhookIntake['acceptWebhook'];
  /** Of the dashboard. */
  readonly seen?: Partial<DashboardStore>;
  readonly background?: BackgroundState;
  readonly schedule?: ScheduleState;
  /** Whether the process of a run is still there. */
  readonly isAlive?: boolean;
  readonly timeZone?: string;
  /** How often an open dashboard asks for news, in ms. */
  readonly everyMs?: number;
}

/** A server that is left when the test ends. */
export async function aServer(options: ServerOptions = {}): Promise<Server> {
  const server = await openServer(options);
  onTestFinished(() => server.leave());
  return server;
}

/** A server on loopback with a database of its own, as `nightsweep serve` puts it together. */
export async function openServer(options: ServerOptions = {}): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'nightsweep-serve-'));
  const path = join(folder, 'nightsweep.db');
  const store = openStore(path, { mode: 'create', now: T0, patienceMs: 1 });
  const said: string[] = [];
  const note = (message: string, fields: object = {}) =>
    void said.push(`${message} ${JSON.stringify(fields)}`);
  const clock = {
    now: () => server.now,
    sleep: (ms: number) => {
      server.now += ms;
      return new Promise<void>((resolve) => void setImmediate(resolve));
    },
  };
  const turns = createTurns({
    record: store.served,
    clock,
    limit: options.writes ?? 100,
    patienceMs: options.patienceMs ?? 20,
  });
  const { token = TOKEN } = options;
  const log = { debug: note, info: note, warn: note };
  const webhooks = createWebhookIntake({
    senders: { signingKey: null, token: () => TOKEN },
    messageTypes: ['webmessaging'],
    acceptor: createAcceptor({ events: store.events, clock, delayMs: 0, onAccepted: () => {} }),
    clock,
    log,
  });
  const revealToken = token === null ? null : () => token;
  const dashboard = createDashboard({
    store: { ...store.dashboard, ...options.seen },
    step: async (fn) => turns.read(fn),
    clock,
    ...{
      timeZone: options.timeZone ?? 'UTC',
      staleAfterMs: DAY,
      expected: every(DAY),
      requestMaxAgeMs: 48 * HOUR,
      db: 'nightsweep.db',
    },
    background: () => options.background ?? null,
    schedule: () => options.schedule ?? null,
    lastNight: () => null,
    lifeOf: () => (options.isAlive === false ? 'dead' : 'alive'),
    name: 'web-1',
    isFed: true,
    everyMs: options.everyMs ?? 5_000,
  });
  let ids = 0;
  const app = createApp({
    routes: allRoutes(
      { record: { ...store.served, ...options.record }, turns, clock, onAsked: () => note('asked') },
      { acceptWebhook: options.acceptWebhook ?? webhooks.acceptWebhook },
      { dashboard, gate: createGate({ revealToken, hosts: [], now: clock.now }), log },
      '1.2.3',
    ),
    revealToken,
    newId: () => `request-${++ids}`,
    log,
  });
  const listening = await listen(app, '127.0.0.1', 0);
  const agent = new Agent();
  const server: Server = {
    url: listening.url,
    store,
    path,
    said,
    now: T0,
    send: (method, to, sent = {}) => exchange(agent, `${listening.url}${to}`, method, sent),
    clear: () => {
      const user = new Database(path);
      user.exec('DELETE FROM mappings; DELETE FROM close_requests');
      user.close();
    },
    leave: async () => {
      await agent.close();
      await listening.stop(AbortSignal.abort());
      store.close();
      rmSync(folder, { recursive: true });
    },
  };
  return server;
}

/** One request; whatever is no success must be a problem of RFC 9457 with the id of its request. */
export async function exchange(agent: Agent, url: string, method: string, sent: Sent = {}): Promise<Said> {
  const { body, headers = {}, token = TOKEN } = sent;
  const isPlain = typeof body === 'object' && !(body instanceof Uint8Array);
  const reply = await request(url, {
    dispatcher: agent,
    method: method as 'GET',
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: (isPlain ? JSON.stringify(body) : body) ?? null,
  });
  const text = await reply.body.text();
  // Whoever asks for a page at a path that there is not gets one.
  const isLost = reply.statusCode === 404 && method === 'GET' && headers.accept?.includes('text/html');
  if (isLost && String(reply.headers['content-type']).startsWith('text/html')) {
    return { status: 404, headers: reply.headers, text, json: null };
  }
  const json = text === '' ? null : JSON.parse(text);
  if (reply.statusCode >= 400 && method !== 'HEAD') demandProblem(reply.statusCode, reply.headers, json);
  return { status: reply.statusCode, headers: reply.headers, text, json };
}

// biome-ignore lint/suspicious/noExplicitAny: it may be anything
function demandProblem(status: number, headers: Said['headers'], json: any): void {
  const wrong = [
    !String(headers['content-type']).startsWith(PROBLEM_TYPE) && 'content-type',
    json?.status !== status && 'status',
    json?.requestId !== headers['x-request-id'] && 'requestId',
    !/\.$|\)$/.test(json?.detail ?? '') && 'detail',
    typeof json?.code !== 'string' && 'code',
    (status === 429 || status === 503) && headers['retry-after'] === undefined && 'retry-after',
    status === 401 && headers['www-authenticate'] === undefined && 'www-authenticate',
    status === 405 && headers.allow === undefined && 'allow',
  ].filter((what) => what !== false);
  if (wrong.length > 0) throw new Error(`no proper problem (${wrong}): ${status} ${JSON.stringify(json)}`);
}
