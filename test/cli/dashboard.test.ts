import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { createContext } from '../../src/cli/context.ts';
import { serveDashboard } from '../../src/cli/dashboard.ts';
import { createServing } from '../../src/cli/serving.ts';
import { createSecrets } from '../../src/config/secrets.ts';
import type { BackgroundState } from '../../src/dashboard/ports.ts';
import { noCounts, noRequests } from '../../src/domain/run.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { createTurns } from '../../src/serve/turns.ts';
import { openStore } from '../../src/store/store.ts';
import type { NewRun } from '../../src/sweep/ports.ts';
import { timesOf } from '../helpers/expected.ts';
import { newRun, tempDir } from '../store/fixtures.ts';
import { createIo, runMain } from './running.ts';

/** A Monday; of the four weeks before, the page shows all but its first morning. */
const NOW = Date.parse('2026-11-30T12:00:00.000Z');
const WEEKDAYS = { NIGHTSWEEP_SCHEDULE_CRON: '0 2 * * MON-FRI', NIGHTSWEEP_SCHEDULE_TIME_ZONE: 'UTC' };
const { TZ } = process.env;

afterEach(() => {
  if (TZ === undefined) delete process.env.TZ;
  else process.env.TZ = TZ;
});

interface Begun extends Partial<NewRun> {
  readonly startedAt: number;
  readonly isOpen?: boolean;
}

/** A folder with a record of these runs, each of ten minutes unless it is still open. */
function folderOf(runs: readonly Begun[]): string {
  const cwd = tempDir();
  const store = openStore(join(cwd, 'nightsweep.db'), { mode: 'create', now: NOW });
  for (const { isOpen = false, ...run } of runs) {
    const id = store.runs.begin(newRun(run));
    const end = { state: 'done', counts: noCounts(), requests: noRequests(), exitCode: 0 } as const;
    if (isOpen) continue;
    store.runs.finish(id, { ...end, finishedAt: run.startedAt + 10 * MINUTE, message: 'Closed 0.' });
  }
  store.close();
  return cwd;
}

const io = (cwd: string, env: Record<string, string>) => ({
  ...{
    cwd,
    env: { NIGHTSWEEP_DB: 'nightsweep.db', ...env },
    clock: { now: () => NOW, sleep: async () => {} },
    isAlive: (pid: number) => pid === 1,
  },
});

/** The page that `serve` shows of it, without the marks between its words. */
async function pageOf(runs: readonly Begun[], env: Record<string, string> = {}, withSchedule = false) {
  const context = await createContext(
    createIo([], io(folderOf(runs), env)),
    { _: [], quiet: true },
    createSecrets(),
  );
  const { app, close } = await createServing(context, null, { withSchedule });
  onTestFinished(async () => {
    await app.close();
    close();
  });
  const { statusCode, body } = await app.inject({
    ...{ method: 'GET', url: '/', headers: { host: 'localhost', accept: 'text/html' } },
  });
  expect(statusCode).toBe(200);
  return {
    verdict: /<h1[^>]*>(.*?)<\/h1>/s.exec(body)?.[1],
    crosses: body.match(/<i>×<\/i>/g)?.length ?? 0,
    text: body.replace(/<style>.*?<\/style>|<script>.*?<\/script>/gs, '').replace(/<[^>]+>/g, ' '),
    title: /<title>(.*?)<\/title>/.exec(body)?.[1],
    zone: /data-zone="([^"]*)"/.exec(body)?.[1],
  };
}

/** Nights of weekdays, all of them on record but these. */
function weekdays(...skipped: readonly string[]): Begun[] {
  const { next } = timesOf(WEEKDAYS.NIGHTSWEEP_SCHEDULE_CRON);
  const found: Begun[] = [];
  for (let at = next(NOW - 40 * DAY); at < NOW; at = next(at)) {
    if (!skipped.includes(new Date(at).toISOString().slice(5, 10))) found.push({ startedAt: at });
  }
  return found;
}

describe('the dashboard of nights by a schedule', () => {
  it.each([
    ['none was skipped', [], 0, 'no night without a sweep'],
    ['two were', ['11-11', '11-18'], 2, '2 nights without a sweep'],
  ])('has crosses only where a night was due: %s', async (_, skipped, crosses, says) => {
    const page = await pageOf(weekdays(...skipped), WEEKDAYS);
    expect(page.crosses).toBe(crosses);
    expect(page.text).toContain(says);
    expect(page.text.includes('of the last 28 days did not run')).toBe(skipped.length > 0);
    expect(page.text).toContain('The next is due Tue 1 Dec, 02:00');
  });

  it('goes by what somebody has set expectedEvery to instead', async () => {
    const { crosses } = await pageOf(weekdays(), { ...WEEKDAYS, NIGHTSWEEP_EXPECTED_EVERY: '24h' });
    expect(crosses).toBe(8);
  });

  it.each([
    ['9h', 'Last night did not run.'],
    ['11h', 'The last sweep ran'],
  ])('waits for the jitter of a night, here of %s from 02:00 on', async (jitter, says) => {
    const nightly = { ...WEEKDAYS, NIGHTSWEEP_SCHEDULE_JITTER: jitter };
    expect((await pageOf(weekdays('11-30'), nightly)).verdict).toContain(says);
  });

  it('knows a run of its own from one before it that had its number', async () => {
    const startedAt = NOW - HOUR;
    const open = (host: string, pid: number) => pageOf([{ startedAt, host, pid, isOpen: true }], WEEKDAYS);
    expect((await open('here', 4711)).verdict).toContain('died');
    expect((await open('here', 2)).verdict).toContain('died');
    expect((await open('here', 1)).verdict).toContain('at work');
    expect((await open('there', 4711)).verdict).toContain('at work');
  });

  it('has the name that notifications have, or else that of the machine', async () => {
    expect((await pageOf([])).title).toBe('– no sweep yet · here · nightsweep');
    const { title } = await pageOf([], { NIGHTSWEEP_NOTIFY_NAME: 'production <eu>' });
    expect(title).toBe('– no sweep yet · production &lt;eu&gt; · nightsweep');
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['where nobody can send any', {}, false],
    ['where somebody can', { NIGHTSWEEP_WEBHOOK_TOKEN: 'a-token-of-a-sender-0123' }, true],
  ])('tells of events and of the background %s', async (_, env, isTold) => {
    const { text } = await pageOf(weekdays(), env);
    expect(text.includes('Events waiting')).toBe(isTold);
    expect(text.includes('It has nothing to do.') || text.includes('Last event')).toBe(isTold);
    expect(text).toContain('Behind the scenes');
  });

  it.each(['', 'Foo/Bar'])('is in UTC where TZ=%j names no time zone', async (zone) => {
    process.env.TZ = zone;
    const { text, zone: shown } = await pageOf(weekdays());
    expect(shown).toBe('UTC');
    expect(text).toContain('Times are those of UTC.');
  });
});

describe('a run with the number of the server, on its machine', () => {
  const startedAt = NOW - 3 * HOUR;
  const ours = { startedAt, host: 'here', pid: 4711, isOpen: true };
  const batch = { ...ours, kind: 'webhook', scope: 'requested' } as const;

  it.each<[string, Begun, number | null, BackgroundState['phase'], boolean]>([
    ['is its own while the night that began it is under way', ours, startedAt - 1_000, 'idle', true],
    ['is one before it when another night is under way', ours, startedAt + 1_000, 'idle', false],
    ['is one before it when none is', ours, null, 'working', false],
    ['is its own while a batch is worked on', batch, null, 'working', true],
    ['is one before it when none is worked on', batch, startedAt - 1_000, 'waiting_for_lease', false],
  ])('%s', async (_, run, runningSince, phase, isAtWork) => {
    const cwd = folderOf([run]);
    const store = openStore(join(cwd, 'nightsweep.db'), { mode: 'write', now: NOW });
    onTestFinished(() => store.close());
    const { clock, ...process } = io(cwd, { NIGHTSWEEP_SCHEDULE_CRON: '0 * * * *' });
    const context = await createContext(createIo([], { clock, ...process }), { _: [] }, createSecrets());
    const dashboard = await serveDashboard(context, {
      store: store.dashboard,
      turns: createTurns({ record: store.served, clock, limit: 1, patienceMs: 0 }),
      background: () => ({ phase, trouble: null, retryAt: null, lastBatchAt: null }),
      schedule: () => ({ cron: '0 * * * *', timeZone: 'UTC', nextAt: NOW + HOUR, runningSince }),
      lastNight: () => null,
      isFed: true,
    });
    const page = (await dashboard.look()).render(false);
    const [, end] = /class="runs-box".*?(at work|died)/s.exec(page) ?? [];
    expect(end).toBe(isAtWork ? 'at work' : 'died');
  });
});

describe('what else speaks of nights', () => {
  it('report names those of a schedule that are missing, and no others', async () => {
    const cwd = folderOf(weekdays('11-16'));
    const { stdout } = await runMain(
      ['report', '--since', '28d', '--time-zone', 'UTC', '--json'],
      io(cwd, WEEKDAYS),
    );
    expect(JSON.parse(stdout).nights).toMatchObject({
      ...{ expectedEverySeconds: null, due: 20, run: 19 },
      missing: { total: 1, items: [{ dueAt: '2026-11-16T02:00:00.000Z', day: '2026-11-16' }] },
    });
  });

  const lastSweep = async (runs: readonly Begun[]) => {
    const { stdout } = await runMain(['doctor', '--json'], io(folderOf(runs), WEEKDAYS));
    return JSON.parse(stdout).checks.find(({ name }: { name: string }) => name === 'last sweep');
  };

  it('doctor does likewise', async () => {
    expect(await lastSweep(weekdays())).toMatchObject({ status: 'ok' });
    expect(await lastSweep(weekdays('11-30'))).toMatchObject({
      ...{
        status: 'warn',
        says: expect.stringContaining(
          'one was due 2026-11-30T02:00:00.000Z (schedule.cron, or set expectedEvery)',
        ),
      },
    });
  });

  it('doctor believes a sweep that is at work on this machine, however long it takes', async () => {
    const long = { startedAt: NOW - 5 * DAY, host: 'here', isOpen: true };
    expect(await lastSweep([{ ...long, pid: 1 }])).toMatchObject({
      status: 'ok',
      says: expect.stringMatching(/: running$/),
    });
    expect((await lastSweep([{ ...long, pid: 2 }])).says).toContain('died');
    expect((await lastSweep([{ ...long, pid: 4711 }])).says, 'doctor runs none itself').toContain('died');
    expect((await lastSweep([{ ...long, host: 'there' }])).says).toContain('were due since');
  });
});
