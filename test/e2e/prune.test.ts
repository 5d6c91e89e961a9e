import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, toIso } from '../../src/domain/time.ts';
import { createLease } from '../../src/store/lease.ts';
import { openPlace, type Place } from './place.ts';
import { everything, idOf, map } from './world.ts';

const NIGHTS = 60;
const EACH = 100;
const OLD_NIGHTS = 20;

/** So many nights, the oldest first, each with as many outcomes, and a dry run of the oldest. */
function fill(place: Place): void {
  const today = Math.floor(Date.now() / DAY) * DAY;
  const rows = Array.from({ length: NIGHTS }, (_, i) => {
    const at = toIso(today - (NIGHTS - i) * DAY + 2 * HOUR);
    return `(${i + 1}, 'sweep', 'full', 'done', ${i === 0 ? 1 : 0}, '{}', '{}', '{}', '${at}', '${at}', 0, 'h', 1, '0')`;
  });
  place.execute(`
    INSERT INTO runs (id, kind, scope, state, dry_run, policy, counts, requests, started_at, finished_at, exit_code,
      host, pid, version) VALUES ${rows.join(',')};
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${EACH})
    INSERT INTO outcomes (run_id, conversation_id, outcome, reason, origin, remote_status, requests, decided_at)
    SELECT id, printf('00000000-0000-4000-8000-%012d', n), 'kept', 'active_recently', 'csv:a.csv#' || n, 'active', 1,
      started_at FROM runs, n ORDER BY id, n`);
}

const KEEP = `${NIGHTS - OLD_NIGHTS}d`;

describe('db prune', () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace();
    map(place, 1);
    fill(place);
  });
  afterAll(() => place.leave());

  const report = async (by: string) =>
    (await place.runHere('report', '--since', '2020-01-01', '--by', by, '--format', 'csv')).stdout;
  const counts = () => [
    place.query('SELECT count(*) AS n FROM outcomes JOIN runs ON runs.id = run_id WHERE dry_run = 0')[0].n,
    place.query('SELECT coalesce(sum(n), 0) AS n FROM outcome_summaries')[0].n,
  ];
  const REAL = (NIGHTS - 1) * EACH;
  /** The mapped one is still open, and its last night is not old. */
  const OLD = (OLD_NIGHTS - 1) * EACH;

  it('without --yes says what it would remove, and changes nothing', async () => {
    const before = everything(place);
    const { code, stdout } = await place.runHere('db', 'prune', '--keep', KEEP);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^  outcomes +${OLD}  reports count them from summaries\n  of dry runs +${EACH}  `),
    );
    expect(stdout).toMatch(/Would remove 2000 outcomes of 20 days from before \d{4}-\d\d-\d\d \(UTC\)\./);
    const { json } = await place.runHere('db', 'prune', '--keep', KEEP, '--json');
    expect(json).toEqual({
      before: expect.stringMatching(/^\d{4}-\d\d-\d\dT00:00:00\.000Z$/),
      days: OLD_NIGHTS,
      firstDay: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      lastDay: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      outcomes: OLD,
      dryOutcomes: EACH,
      rejects: 0,
      events: 0,
      stillNeeded: 0,
      bytes: expect.any(Number),
      removed: false,
      exitCode: 0,
      message: expect.stringContaining('Nothing was changed; do it with --yes.'),
    });
    expect(everything(place)).toEqual(before);
  });

  it.each([
    [['db', 'prune'], 'db prune needs --keep DURATION'],
    [['db', 'prune', '--keep', '29d', '--yes'], '--keep 29d is too short'],
    [['db', 'prune', '--keep', '400'], 'did you mean 400d?'],
  ])('%j is refused in a sentence', async (argv, says) => {
    const { code, stderr } = await place.runHere(...argv);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) });
    expect(counts()).toEqual([REAL, 0]);
  });

  it('removes nothing while a run holds the lease', async () => {
    const release = createLease(place.database).acquire();
    const { code, stderr } = await place.run('db', 'prune', '--keep', KEEP, '--yes');
    release?.();
    expect(code).toBe(11);
    expect(stderr).toMatch(/^nightsweep: Another run holds the lease: [^\n]+\n$/);
    expect(counts()).toEqual([REAL, 0]);
  });

  it('killed on its way has lost and doubled nothing, and goes on when run again', async () => {
    const before = await report('day');
    const child = place.start('db', 'prune', '--keep', KEEP, '--yes', '--verbose');
    await child.says('removed ');
    child.process.kill('SIGKILL');
    await child.ended;
    const [left, summarised] = counts();
    expect(summarised).toBeGreaterThan(0);
    expect(left + summarised).toBe(REAL);
    expect(await report('day')).toEqual(before);

    const { code, stdout } = await place.runHere('db', 'prune', '--keep', KEEP, '--yes');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Removed \d+ outcomes of \d+ days|is left to remove/);
    expect(counts()).toEqual([REAL - OLD, OLD]);
    expect(await report('day')).toEqual(before);
    expect((await place.runHere('db', 'prune', '--keep', KEEP, '--yes')).stdout).toContain(
      'is left to remove',
    );
  });

  it('db status and runs tell of it, and db check looks at it', async () => {
    expect((await place.runHere('db', 'status')).stdout).toMatch(
      new RegExp(`\n  ${OLD} outcomes before \\d{4}-\\d\\d-\\d\\d are summarised\n$`),
    );
    expect((await place.runHere('runs', '2')).stdout).toContain('its outcomes were pruned');
    expect((await place.runHere('runs', String(NIGHTS))).stdout).not.toContain('pruned');
    expect((await place.runHere('db', 'check')).stdout).toBe('The database is whole.\n');
    place.execute('PRAGMA foreign_keys = OFF; UPDATE outcome_summaries SET run_id = 999 WHERE id = 1');
    const { code, stdout } = await place.runHere('db', 'check');
    expect(code).toBe(9);
    expect(stdout).toContain('row 1 of outcome_summaries refers to a missing row of runs');
    expect(place.query(`SELECT count(*) AS n FROM outcomes WHERE conversation_id = '${idOf(1)}'`)[0].n).toBe(
      NIGHTS - OLD_NIGHTS,
    );
  });
});
