import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createContext } from '../../src/cli/context.ts';
import { createServing } from '../../src/cli/serving.ts';
import { createSecrets } from '../../src/config/secrets.ts';
import { SECOND } from '../../src/domain/time.ts';
import { createIo } from '../cli/running.ts';
import { scriptedServer } from '../helpers/scripted-server.ts';
import { exchange, TOKEN } from '../serve/running.ts';
import { type Nights, nightsOf } from './nights.ts';
import { aPlace } from './place.ts';
import { demandAgreement, idOf, map } from './world.ts';

/** A server in this process that runs a night every five minutes, on the clock of the place. */
async function serving(
  count: number,
  { beforeMs, env = {} }: { readonly beforeMs?: number; readonly env?: Record<string, string> } = {},
) {
  const place = await nightsOf(count, beforeMs);
  const thaw = place.freeze();
  map(place, count);
  Object.assign(place.env, { NIGHTSWEEP_API_TOKEN: TOKEN, NIGHTSWEEP_WEBHOOK_DELAY: '0s', ...env });
  const server = place.begin('serve', '--schedule', '--port', '0', '--json');
  const { url } = await server.object();
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const send = (method: string, path: string, body?: object) =>
    exchange(agent, `${url}${path}`, method, { body });
  return { place, server, url, send, thaw };
}

/** Every run, in the order of their begin, and whether any began before the one before had ended. */
function runsOf(place: Nights) {
  const rows = place.query('SELECT kind, exit_code, started_at, finished_at FROM runs ORDER BY id');
  const overlaps = rows.filter((row, i) => i > 0 && row.started_at < rows[i - 1].finished_at);
  return { kinds: rows.map(({ kind, exit_code }) => `${kind} ${exit_code}`), overlaps };
}

describe('serve --schedule', () => {
  it('answers requests during a night, whose sweep serves what is asked for meanwhile', async () => {
    const { place, server, send, thaw } = await serving(2);
    const { reached, goOn } = place.hold('read');
    thaw();
    await reached;
    expect((await send('GET', '/sessions/web-1')).status).toBe(200);
    const { status, json } = await send('POST', '/closures', {
      conversationIds: [idOf(2)],
      reason: 'wrap-up',
    });
    expect(status).toBe(202);
    expect((await send('GET', `/closures/${json.requests[0].id}`)).json.status).toBe('pending');
    expect(place.query('SELECT kind, state FROM runs')).toEqual([{ kind: 'sweep', state: 'running' }]);
    goOn();
    await server.says('"exitCode":0');
    expect((await send('GET', `/closures/${json.requests[0].id}`)).json).toMatchObject({ outcome: 'closed' });
    server.stop();
    expect((await server.ended).code).toBe(0);
    expect(runsOf(place)).toMatchObject({ kinds: ['sweep 0'], overlaps: [] });
    demandAgreement(place);
  });

  it('begins a night only when the batch that is under way is over', async () => {
    const { place, server, send, thaw } = await serving(2, { beforeMs: 10 * SECOND });
    const { reached, goOn } = place.hold('read');
    await send('POST', '/closures', { conversationIds: [idOf(1)], reason: 'wrap-up' });
    await reached;
    thaw();
    await server.says('begins.');
    expect(place.query('SELECT kind, state FROM runs')).toEqual([{ kind: 'webhook', state: 'running' }]);
    goOn();
    await server.says('"exitCode":0');
    server.stop();
    expect((await server.ended).code).toBe(0);
    expect(runsOf(place)).toMatchObject({ kinds: ['webhook 0', 'sweep 0'], overlaps: [] });
    demandAgreement(place);
  });

  it('that is stopped at night finishes what is in hand', async () => {
    const { place, server, thaw } = await serving(1);
    const { reached, goOn } = place.hold('close');
    thaw();
    await reached;
    server.stop();
    goOn();
    const { code, stderr } = await server.ended;
    expect(code).toBe(0);
    expect(stderr).toContain('"exitCode":143');
    demandAgreement(place);
  });

  it('has each night in the metrics, on the dashboard and with those who are told, also one that could not begin', async () => {
    const { url: heartbeat, received } = await scriptedServer(() => ({ body: 'OK' }));
    const { place, server, url, thaw } = await serving(2, {
      env: {
        NIGHTSWEEP_NOTIFY_HEARTBEAT_URL: `${heartbeat}/beat`,
        NIGHTSWEEP_METRICS_FILE: 'night.prom',
        NIGHTSWEEP_SCHEDULE_TIME_ZONE: 'Asia/Kathmandu',
      },
    });
    const authorization = `Bearer ${TOKEN}`;
    const textOf = async (path: string) =>
      (await fetch(new URL(path, url), { headers: { authorization } })).text();
    const metric = async (name: string) =>
      Number(
        / (\S+)$/.exec((await textOf('/metrics')).split('\n').find((l) => l.startsWith(name)) ?? '')?.[1],
      );
    const beats = () => received.map(({ path }) => path);
    thaw();
    await server.says('"exitCode":0');
    const refreeze = place.freeze();
    expect(beats()).toEqual(['/beat/start', '/beat']);
    expect(await metric('nightsweep_last_exit_code')).toBe(0);
    expect(await metric('nightsweep_genesys_requests_total{method="PATCH"')).toBe(2);
    expect(readFileSync(join(place.dir, 'night.prom'), 'utf8')).toMatch(
      /^nightsweep_last_exit_code\{.*\} 0$/m,
    );
    expect(await metric('nightsweep_schedule_next_timestamp_seconds')).toBeGreaterThan(
      place.clock.now() / SECOND,
    );
    const page = await textOf('/');
    expect(page).toContain('ran and closed 2.</h1>');
    expect(page).toContain('Times are those of Asia/Kathmandu');

    place.simulator.intercept(({ route }) =>
      route === 'token' ? { kind: 'reply', status: 401, body: '{}' } : null,
    );
    refreeze();
    await server.says('"exitCode":4');
    expect(beats().slice(2, 4)).toEqual(['/beat/start', '/beat/fail']);
    expect(await textOf('/')).toContain('could not begin');
    expect(await metric('nightsweep_last_exit_code')).toBe(4);
    server.stop();
    expect((await server.ended).code).toBe(0);
  });

  it('hands over how its nights are planned, and without the flag says that it runs none', async () => {
    const place = await aPlace();
    place.env.NIGHTSWEEP_SCHEDULE_CRON = '30 2 * * *';
    const context = await createContext(
      createIo([], { env: place.env, cwd: place.dir }),
      { _: [] },
      createSecrets(),
    );
    const states = [];
    for (const withSchedule of [true, false]) {
      const { schedule, close } = await createServing(context, null, { withSchedule });
      close();
      states.push(schedule?.state() ?? null);
    }
    expect(states).toEqual([
      {
        ...{ cron: '30 2 * * *', timeZone: 'UTC', nextAt: null },
        ...{ runningSince: null, last: null },
      },
      null,
    ]);
  });
});
