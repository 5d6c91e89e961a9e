import { Agent, type Dispatcher, request } from 'undici';
import { onTestFinished } from 'vitest';
import type { Instant } from '../../src/domain/time.ts';
import { makeConversation } from '../../src/simulator/kinds.ts';
import { SIMULATED_CLIENT, type SimulatorOptions } from '../../src/simulator/options.ts';
import { randomStream } from '../../src/simulator/random.ts';
import type { ConversationKind, ConversationRecord } from '../../src/simulator/record.ts';
import { createSimulator, type Simulator } from '../../src/simulator/simulator.ts';

export const NOW = Date.UTC(2026, 0, 15, 2, 0, 0);

/** The nth id of a series of valid ones. */
export function idOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

export function conversation(n: number, kind: ConversationKind, idleMs?: number): ConversationRecord {
  const random = randomStream(n);
  return makeConversation({ id: idOf(n), kind, now: NOW, random, ...(idleMs !== undefined && { idleMs }) });
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  /** As they came. */
  readonly bytes: Buffer;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of every shape
  readonly json: any;
}

export interface Running {
  readonly simulator: Simulator;
  readonly url: string;
  readonly port: number;
  readonly clock: { now: Instant };
  readonly token: string;
  /** One request with the token over a real socket. */
  call(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<Answer>;
  login(secret?: string, form?: string): Promise<Answer>;
}

/** A simulator on loopback with a clock that stands still, logged in, and gone when the test is. */
export async function running(options: Partial<SimulatorOptions> = {}): Promise<Running> {
  const clock = { now: NOW };
  const simulator = createSimulator({ now: () => clock.now, population: 0, ...options });
  const { url, port } = await simulator.start();
  const dispatcher = new Agent();
  onTestFinished(async () => {
    await simulator.stop();
    await dispatcher.destroy();
  });

  async function send(
    method: Dispatcher.HttpMethod,
    path: string,
    body: string | null,
    headers: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const response = await request(url + path, { method, headers, body, dispatcher, signal });
    const bytes = Buffer.from(await response.body.arrayBuffer());
    const text = bytes.toString('utf8');
    const isJson = response.headers['content-type'] === 'application/json';
    return {
      status: response.statusCode,
      headers: response.headers,
      bytes,
      text,
      json: isJson ? parsed(text) : undefined,
    };
  }
  const login = (secret = SIMULATED_CLIENT.clientSecret, form = 'grant_type=client_credentials') =>
    send('POST', '/oauth/token', form, {
      authorization: `Basic ${Buffer.from(`${SIMULATED_CLIENT.clientId}:${secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    });
  const token: string = options.faults ? '' : (await login()).json.access_token;

  return {
    simulator,
    url,
    port,
    clock,
    token,
    login,
    call: (method, path, body, headers = {}, signal) => {
      const all = {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      };
      return send(method, path, body === undefined ? null : JSON.stringify(body), all, signal);
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const messages = (n: number) => `/api/v2/conversations/messages/${idOf(n)}`;
export const messaging = (n: number) => `/api/v2/conversations/messaging/${idOf(n)}`;
export const details = (...ns: number[]) =>
  `/api/v2/analytics/conversations/details?id=${ns.map(idOf).join(',')}`;
export const DISCONNECT = { state: 'disconnected' };
