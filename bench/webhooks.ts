import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import type { ConversationRecord } from '../src/simulator/record.ts';
import Database from '../src/store/sqlite.ts';
import { conversation } from '../test/simulator/running.ts';
import { withSimulator } from './measure.ts';

const BIN = resolve(import.meta.dirname, '../dist/cli/bin.js');
const TOKEN = 'a-token-that-is-long-enough';
const CONVERSATIONS = 200;
const CONNECTIONS = 20;
/** Longer than the worker needs for all of them at the rate that the simulator permits. */
const MOST_SECONDS_TO_SETTLE = 180;

export interface WebhookResult {
  readonly offeredPerSecond: number;
  readonly offered: number;
  /** Less than what is offered when the server, or who measures beside it, cannot keep up. */
  readonly answeredPerSecond: number;
  readonly accepted: number;
  /** Answered 503. */
  readonly refused: number;
  /** No answer, or another one. */
  readonly failed: number;
  /** Of the accepted, in ms. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** On record afterwards. */
  readonly stored: number;
  readonly settled: number;
  readonly secondsToSettle: number;
  /** Closes that the simulator has seen take effect. */
  readonly closed: number;
}

/** Distinct wrap-up events for the built `serve`, offered at one rate after the other, each on a database of its own. */
export async function measureWebhooks(options: {
  folder: string;
  loads: readonly { readonly perSecond: number; readonly seconds: number }[];
  say: (text: string) => void;
}): Promise<WebhookResult[]> {
  const results: WebhookResult[] = [];
  for (const [n, load] of options.loads.entries()) {
    options.say(`webhooks: ${load.perSecond} a second for ${load.seconds} s …`);
    const place = join(options.folder, `webhooks-${n}`);
    mkdirSync(place);
    results.push(await measureOne(place, load));
  }
  return results;
}

async function measureOne(
  place: string,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<WebhookResult> {
  const conversations = Array.from(
    { length: CONVERSATIONS },
    (_, n): ConversationRecord => conversation(n + 1, 'with_bot', 60 * 60_000),
  );
  const rateLimit = { allowed: 100_000, windowMs: 60_000 };
  return withSimulator({ conversations, rateLimit }, async (simulator, env) => {
    const serving = await serve(place, env);
    try {
      const ids = conversations.map(({ id }) => id);
      const { tookSeconds, statuses, latencies } = await offer(serving.url, ids, perSecond, seconds);
      const accepted = statuses.get(202) ?? 0;
      const refused = statuses.get(503) ?? 0;
      const at = percentiles(latencies);
      const settling = await untilSettled(join(place, 'nightsweep.db'));
      return {
        offeredPerSecond: perSecond,
        offered: perSecond * seconds,
        answeredPerSecond: (accepted + refused) / tookSeconds,
        accepted,
        refused,
        failed: perSecond * seconds - accepted - refused,
        ...at,
        ...settling,
        closed: simulator.world.account().filter(({ patches }) => patches > 0).length,
      };
    } finally {
      await serving.stop();
    }
  });
}

async function serve(place: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [BIN, 'serve', '--port', '0', '--json', '--db', 'nightsweep.db'], {
    cwd: place,
    env: {
      PATH: process.env.PATH ?? '',
      ...env,
      NIGHTSWEEP_WEBHOOK_TOKEN: TOKEN,
      NIGHTSWEEP_RATE_PER_MINUTE: '60000',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`serve has ended with ${code} before it listened`);
  });
  const [told] = await Promise.race([once(child.stdout, 'data'), ended]);
  ended.catch(() => {});
  return {
    url: JSON.parse(String(told)).url as string,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** @returns every status that was answered, and how long the accepted ones took, in ms */
async function offer(url: string, ids: readonly string[], perSecond: number, seconds: number) {
  const statuses = new Map<number, number>();
  const latencies: number[] = [];
  const began = Date.now();
  let n = 0;
  const options: autocannon.Options = {
    url: `${url}/webhooks/genesys`,
    connections: CONNECTIONS,
    amount: perSecond * seconds,
    overallRate: perSecond,
    timeout: 30,
    requests: [
      {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        setupRequest: (request) => {
          const conversationId = ids[n % ids.length] ?? '';
          // Each event has a moment of its own, and lies in the past.
          const event = { conversationId, eventTime: began - 600_000 + n++, mediaType: 'MESSAGE' };
          const body = { topicName: 'v2.detail.events.conversation.{id}.acw', ...event };
          return { ...request, body: JSON.stringify(body) };
        },
      },
    ],
  };
  const duration = await new Promise<number>((resolve, reject) => {
    const load = autocannon(options, (error, result) => (error ? reject(error) : resolve(result.duration)));
    load.on('response', (_client, status, _bytes, took) => {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 202) latencies.push(took);
    });
  });
  return { tookSeconds: duration, statuses, latencies };
}

/** What is on record when nothing is pending any more, or the time is over. */
async function untilSettled(path: string) {
  const began = performance.now();
  const db = new Database(path, { readonly: true });
  const count = db.prepare<[], { stored: number; settled: number }>(
    'SELECT count(*) AS stored, count(settled_at) AS settled FROM events',
  );
  try {
    for (;;) {
      const { stored, settled } = count.get() ?? { stored: 0, settled: 0 };
      const secondsToSettle = (performance.now() - began) / 1000;
      if (settled === stored || secondsToSettle > MOST_SECONDS_TO_SETTLE) {
        return { stored, settled, secondsToSettle };
      }
      await sleep(500);
    }
  } finally {
    db.close();
  }
}

function percentiles(values: readonly number[]): { p50: number; p95: number; p99: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
