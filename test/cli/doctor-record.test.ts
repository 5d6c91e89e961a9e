import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noCounts, noRequests } from '../../src/domain/run.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { openStore } from '../../src/store/store.ts';
import type { NewRun } from '../../src/sweep/ports.ts';
import { conclude, id, mappingRow, newRun, outcome, tempDir } from '../store/fixtures.ts';
import { runMain } from './running.ts';

/** What doctor says of a record in which these were unconfirmed or forbidden for three nights. */
async function restingCheck(count: number): Promise<{ status: string; says: string } | undefined> {
  const cwd = tempDir();
  const now = Date.now();
  const store = openStore(join(cwd, 'nightsweep.db'), { mode: 'create', now });
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  store.intake.putMappings(
    numbers.map((n) => mappingRow(n)),
    'csv',
    now,
  );
  for (const nightsAgo of [3, 2, 1]) {
    const run = store.runs.begin(newRun());
    for (const n of numbers) {
      const decidedAt = now - nightsAgo * DAY;
      const one =
        n === 1 ? { outcome: 'failed', httpStatus: 403 } : { outcome: 'unconfirmed', httpStatus: 200 };
      const recorded = outcome(n, { ...one, decidedAt, correlationId: `c-${n}` } as never);
      conclude(store, run, recorded, decidedAt);
    }
  }
  store.close();
  // Without credentials there is nobody to ask, and the record is looked at all the same.
  const { stdout } = await runMain(['doctor', '--json'], { cwd, env: { NIGHTSWEEP_DB: 'nightsweep.db' } });
  return JSON.parse(stdout).checks.find(({ name }: { name: string }) => name === 'resting');
}

/** What doctor says of the last night in a record with these runs. */
async function lastSweepCheck(runs: readonly Partial<NewRun>[]): Promise<string> {
  const cwd = tempDir();
  const store = openStore(join(cwd, 'nightsweep.db'), { mode: 'create', now: Date.now() });
  for (const run of runs) {
    const id = store.runs.begin(newRun(run));
    const end = { state: 'done', counts: noCounts(), requests: noRequests(), exitCode: 0 } as const;
    store.runs.finish(id, { ...end, finishedAt: Date.now(), message: 'Closed 0.' });
  }
  store.close();
  const { stdout } = await runMain(['doctor', '--json'], { cwd, env: { NIGHTSWEEP_DB: 'nightsweep.db' } });
  return JSON.parse(stdout).checks.find(({ name }: { name: string }) => name === 'last sweep').says;
}

describe('doctor', () => {
  it('finds the last night behind whatever came in by day and was tried out since', async () => {
    const startedAt = Date.now() - HOUR;
    const others: Partial<NewRun>[] = [
      ...Array(60).fill({ kind: 'webhook', scope: 'requested', startedAt }),
      ...[
        { scope: 'limited' as const, startedAt },
        { dryRun: true, startedAt },
      ],
    ];
    expect(await lastSweepCheck([{ startedAt }, ...others])).toMatch(/^run 1, .*: done, exit 0$/);
    expect(await lastSweepCheck(others)).toBe('no full one yet; begin with nightsweep sweep --dry-run');
  });

  it('says nothing of rest where nothing rests', async () => {
    expect(await restingCheck(0)).toBeUndefined();
  });

  it('names what could not be closed three nights running, why, and what Genesys support asks for', async () => {
    const check = await restingCheck(2);
    expect(check?.status).toBe('warn');
    expect(check?.says).toBe(
      `2 could not be closed three nights running and are tried once a week; where it is forbidden grant the permission in their division, else report them to Genesys: ${id(1)} (forbidden, correlation id c-1), ${id(2)} (unconfirmed, correlation id c-2)`,
    );
  });

  it('names five at most and counts the others', async () => {
    const check = await restingCheck(7);
    expect(check?.says.match(/correlation id/g)).toHaveLength(5);
    expect(check?.says).toContain(' and 2 more');
  });
});
