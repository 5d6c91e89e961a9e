import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createContext } from '../../src/cli/context.ts';
import { createWebhooks, type Webhooks } from '../../src/cli/webhooks.ts';
import { createSecrets } from '../../src/config/secrets.ts';
import { openStore } from '../../src/store/store.ts';
import { createIo } from '../cli/running.ts';
import { acw, SECRET, signed } from '../webhook/make.ts';
import { aPlace, type Place } from './place.ts';
import { conversations, demandAgreement, idOf, map } from './world.ts';

const DONE = (count: number) =>
  conversations(Array.from({ length: count }, () => 'after_call_work' as const));
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** A place whose conversations agents are done with. */
async function aPlaceWith(count: number): Promise<Place> {
  const place = await aPlace({ conversations: DONE(count) });
  map(place, count);
  Object.assign(place.env, { NIGHTSWEEP_WEBHOOK_SECRET: SECRET, NIGHTSWEEP_WEBHOOK_DELAY: '0s' });
  return place;
}

/** What a server would mount, in this process. */
async function mounted(place: Place, env: Record<string, string> = {}): Promise<Webhooks> {
  const io = createIo([], {
    env: { ...place.env, ...env },
    cwd: place.dir,
    clock: { now: () => Date.now(), sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
  });
  const store = openStore(place.database, { mode: 'write', now: Date.now() });
  const webhooks = createWebhooks(await createContext(io, { _: [] }, createSecrets()), store);
  onTestFinished(async () => {
    await webhooks.stop();
    store.close();
  });
  return webhooks;
}

/** The same in a child, from the built program. It says the number of each event that it was sent and has accepted. */
function aServer(place: Place, count: number) {
  const dist = new URL('../../dist/', import.meta.url);
  const script = `
    import { createContext } from '${dist}cli/context.js';
    import { createWebhooks } from '${dist}cli/webhooks.js';
    import { createSecrets } from '${dist}config/secrets.js';
    import { openStore } from '${dist}store/store.js';
    import { setTimeout as sleep } from 'node:timers/promises';
    const { stdin, stdout, stderr, env, pid } = process;
    const clock = { now: () => Date.now(), sleep: (ms, signal) => sleep(ms, undefined, { signal }) };
    const io = { argv: [], env, cwd: process.cwd(), stdin, stdout, stderr, clock, random: Math.random, host: 'here', pid,
      version: '0', isAlive: () => false };
    const store = openStore(${JSON.stringify(place.database)}, { mode: 'write', now: Date.now() });
    const webhooks = createWebhooks(await createContext(io, { _: [], quiet: true }, createSecrets()), store);
    process.on('message', ({ n, headers, body }) => {
      webhooks.acceptWebhook({ headers, rawBody: Buffer.from(body) }).then(({ status }) => {
        if (status === 'accepted') console.log(n);
      });
    });
    if (env.WORK === 'yes') webhooks.worker.start();
    process.send('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: place.dir,
    env: place.env,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const accepted: number[] = [];
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  return {
    child,
    ended,
    accepted,
    lines,
    send: async () => {
      await once(child, 'message');
      const now = Date.now();
      for (const n of numbers(count)) {
        const { headers, rawBody } = signed(acw(n, now), now, { 'webhook-id': `msg_${n}` });
        child.send({ n, headers, body: Buffer.from(rawBody).toString() });
      }
    },
  };
}

async function settled(webhooks: Webhooks): Promise<void> {
  while (webhooks.pending() > 0) await sleep(20);
}

const closes = (place: Place) => place.simulator.world.account().map(({ patches }) => patches);

describe('webhooks', () => {
  it('are verified, recorded, worked on and answered for', async () => {
    const place = await aPlaceWith(21);
    const webhooks = await mounted(place);
    const send = (n: number, id = `msg_${n}`) =>
      webhooks.acceptWebhook(signed(acw(n, Date.now()), Date.now(), { 'webhook-id': id }));
    expect(await Promise.all(numbers(21).map((n) => send(n)))).toMatchObject(
      Array(21).fill({ status: 'accepted' }),
    );
    expect(await send(1)).toMatchObject({ status: 'duplicate' });
    expect(webhooks.pending()).toBe(21);
    webhooks.worker.start();
    await settled(webhooks);
    expect(closes(place)).toEqual(Array(21).fill(1));
    expect(place.query('SELECT count(*) AS n FROM runs')).toEqual([{ n: 2 }]);
    expect(place.count('token'), 'one for all batches').toBe(1);
    expect(place.query('SELECT DISTINCT origin, outcome FROM outcomes')).toEqual([
      { origin: 'webhook:conversation.acw', outcome: 'closed' },
    ]);
    demandAgreement(place);
  });

  it('are refused where nothing is configured, and where a secret is too short', async () => {
    const place = await aPlaceWith(1);
    const webhooks = await mounted(place, { NIGHTSWEEP_WEBHOOK_SECRET: '' });
    expect(await webhooks.acceptWebhook(signed(acw(1, Date.now()), Date.now()))).toMatchObject({
      status: 'not_configured',
    });
    await expect(mounted(place, { NIGHTSWEEP_WEBHOOK_SECRET: 'short' })).rejects.toThrow(
      /^NIGHTSWEEP_WEBHOOK_SECRET must/,
    );
    await expect(mounted(place, { NIGHTSWEEP_WEBHOOK_TOKEN: 'short' })).rejects.toThrow(
      /^NIGHTSWEEP_WEBHOOK_TOKEN must/,
    );
  });

  it('may come with a token from a file', async () => {
    const place = await aPlaceWith(1);
    place.file('token.txt', '0123456789abcdef\n');
    const webhooks = await mounted(place, {
      NIGHTSWEEP_WEBHOOK_SECRET: '',
      NIGHTSWEEP_WEBHOOK_TOKEN_FILE: 'token.txt',
    });
    const { rawBody } = signed(acw(1, Date.now()), Date.now());
    const send = (token: string) =>
      webhooks.acceptWebhook({ headers: { authorization: `Bearer ${token}` }, rawBody });
    expect(await send('0123456789abcdef')).toMatchObject({ status: 'accepted' });
    expect(await send('0123456789abcdeF')).toMatchObject({ status: 'unauthorized' });
  });

  it('lose nothing that was accepted when the process is killed between accepting and working', async () => {
    const place = await aPlaceWith(60);
    const { child, ended, accepted, lines, send } = aServer(place, 60);
    const killed = new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        accepted.push(Number(line));
        if (accepted.length < 10) return;
        child.kill('SIGKILL');
        resolve();
      });
    });
    await send();
    await killed;
    await ended;
    const onRecord = place.query('SELECT conversation_id FROM events').map((row) => row.conversation_id);
    expect(onRecord).toEqual(expect.arrayContaining(accepted.map(idOf)));
    expect(closes(place).every((n) => n === 0)).toBe(true);

    const webhooks = await mounted(place);
    webhooks.worker.start();
    await settled(webhooks);
    const closed = place.query("SELECT conversation_id FROM outcomes WHERE outcome = 'closed'");
    expect(closed.map((row) => row.conversation_id).sort()).toEqual(onRecord.sort());
    expect(Math.max(...closes(place))).toBe(1);
    demandAgreement(place);
  });

  it('are closed once each when the process is killed at work', async () => {
    const place = await aPlaceWith(12);
    place.env.WORK = 'yes';
    const { child, ended, send } = aServer(place, 12);
    let seen = 0;
    place.simulator.intercept(async ({ route }) => {
      if (route === 'close' && ++seen === 5) child.kill('SIGKILL');
      return null;
    });
    await send();
    await ended;
    delete place.env.WORK;
    const webhooks = await mounted(place);
    webhooks.worker.start();
    await settled(webhooks);
    expect(closes(place)).toEqual(Array(12).fill(1));
    expect(place.query("SELECT count(*) AS n FROM outcomes WHERE outcome = 'closed'")).toEqual([{ n: 12 }]);
    demandAgreement(place);
  });

  it('wait while Genesys cannot be reached, and are done with a new connection', async () => {
    const place = await aPlaceWith(1);
    let down = true;
    place.simulator.intercept(async ({ route }) =>
      down && route === 'token' ? { kind: 'reply', status: 401, body: '{"error":"invalid_client"}' } : null,
    );
    const webhooks = await mounted(place);
    await webhooks.acceptWebhook(signed(acw(1, Date.now()), Date.now()));
    webhooks.worker.start();
    while (webhooks.worker.state().failures === 0) await sleep(10);
    expect(webhooks.worker.state()).toMatchObject({
      ready: false,
      trouble: expect.stringContaining('region'),
    });
    down = false;
    await settled(webhooks);
    expect(closes(place)).toEqual([1]);
  });
});
