// CPU of our client for N reads, against a bare undici + Bottleneck loop. argv: ours|bare URL N
import Bottleneck from 'bottleneck';
import { Agent } from 'undici';
import { createClient } from '../../src/genesys/client.ts';

const [, , which = '', url = '', n = '0'] = process.argv;
const count = Number(n);
const id = '00000000-0000-4000-8000-000000000001';
const CONCURRENCY = 10;
const RATE = 6_000_000;

async function times(one: () => Promise<unknown>): Promise<void> {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

async function ours(): Promise<void> {
  const over = new AbortController();
  const client = createClient({
    contract: 'platform',
    apiUrl: url,
    loginUrl: url,
    clientId: 'bench',
    revealSecret: () => 'bench',
    closeReason: null,
    ratePerMinute: RATE,
    budgetShare: 1,
    concurrency: CONCURRENCY,
    attemptTimeoutMs: 15_000,
    clock: {
      now: () => Date.now(),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const timer = setTimeout(resolve, ms);
          signal?.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(signal.reason);
          });
        }),
    },
    random: Math.random,
    onToken: () => {},
    log: { debug: () => {}, info: () => {}, warn: () => {} },
    userAgent: 'bench',
    signal: over.signal,
  });
  await times(() => {
    const trace = { requests: 0, httpStatus: null, errorCode: null, correlationId: null };
    return client.conversations.read(id, { signal: new AbortController().signal, trace });
  });
  await client.close();
}

async function bare(): Promise<void> {
  const agent = new Agent({ connections: CONCURRENCY });
  const limiter = new Bottleneck({ maxConcurrent: CONCURRENCY });
  await times(() =>
    limiter.schedule(async () => {
      const { body } = await agent.request({ origin: url, path: `/conversations/${id}`, method: 'GET' });
      return body.json();
    }),
  );
  await agent.destroy();
}

const before = process.cpuUsage();
await (which === 'ours' ? ours() : bare());
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ cpuUsPerRequest: (user + system) / count }));
