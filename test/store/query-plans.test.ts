import { describe, expect, it } from 'vitest';
import type { Db } from '../../src/store/connection.ts';
import { dashboardStore } from '../../src/store/dashboard.ts';
import { openDatabase } from '../../src/store/database.ts';
import { discoverStore } from '../../src/store/discover.ts';
import { eventStore } from '../../src/store/events.ts';
import { holdStore } from '../../src/store/holds.ts';
import { intakeStore } from '../../src/store/intake.ts';
import { ledger } from '../../src/store/ledger.ts';
import { metricsStore } from '../../src/store/metrics.ts';
import { nightRecord } from '../../src/store/nights.ts';
import { pruning } from '../../src/store/prune.ts';
import { reportStore } from '../../src/store/report.ts';
import { runStore } from '../../src/store/runs.ts';
import { askedStore, servedReader } from '../../src/store/served.ts';
import { workStore } from '../../src/store/work.ts';
import { T0, tempStore } from './fixtures.ts';

/** Every statement that a port prepares, with SQLite's plan for it. */
function plansOf(port: (db: Db) => unknown): { sql: string; plan: string[] }[] {
  const { path, user } = tempStore();
  const { db } = openDatabase(path, { mode: 'write', now: T0 });
  const statements: string[] = [];
  port({
    ...db,
    prepare: (sql) => {
      statements.push(sql);
      return db.prepare(sql);
    },
  });
  db.close();
  return statements.map((sql) => {
    const names = [...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name, null]);
    const rows = user.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(Object.fromEntries(names)) as {
      detail: string;
    }[];
    return { sql, plan: rows.map((row) => row.detail) };
  });
}

/** The tables that grow without end, by the names they go by in our SQL; the indexes of what is pending are short. */
const SCAN_OF_A_LARGE_TABLE =
  /^SCAN (mappings|outcomes|outcome_summaries|close_requests|import_rejects|events|runs|m|o|q|e|later)\b(?!.*INDEX (close_requests_pending|one_pending_|events_pending|runs_sweeps|runs_running))/;

/** That many rows are read of the end of a table, however long it is. */
const NEWEST = 'SELECT * FROM runs ORDER BY id DESC LIMIT @limit';

const scansOf = (port: (db: Db) => unknown) =>
  plansOf(port).filter(
    ({ sql, plan }) => sql !== NEWEST && plan.some((step) => SCAN_OF_A_LARGE_TABLE.test(step)),
  );

describe('the plan of every statement of', () => {
  it.each<[string, (db: Db) => unknown]>([
    ['the runs', runStore],
    ['the nights', nightRecord],
    ['the work', workStore],
    ['the ledger', ledger],
    ['the intake', intakeStore],
    ['the holds', holdStore],
    ['the events', eventStore],
    ['what is discovered', discoverStore],
    ['the pruning', pruning],
    ['what is served', servedReader],
    ['what is asked for', askedStore],
    ['the dashboard', dashboardStore],
  ])('%s searches, and never scans a large table', (_, port) => {
    expect(plansOf(port).length).toBeGreaterThan(0);
    expect(scansOf(port)).toEqual([]);
  });

  it('the report searches too, but for the overview, which counts everything, and for runs by time', () => {
    const scans = scansOf(reportStore).map(({ sql }) => sql);
    expect(scans).toEqual([
      expect.stringContaining('first_run_at'),
      expect.stringContaining('exit_code IS NULL ORDER BY id'),
      expect.stringContaining('FROM mappings'),
    ]);
  });
});

it('the metrics search too, but for summaries, which are few, and the first of what is open', () => {
  const scans = plansOf(metricsStore).flatMap(({ plan }) =>
    plan.filter((step) => SCAN_OF_A_LARGE_TABLE.test(step)),
  );
  expect(scans.sort()).toEqual(['SCAN mappings USING INDEX mappings_due', 'SCAN outcome_summaries']);
});

describe('the plan of', () => {
  const planOf = (port: (db: Db) => unknown, ...words: string[]) =>
    plansOf(port).find(({ sql }) => words.every((word) => sql.includes(word)))?.plan;

  it('a page of due mappings is one walk along one index, without sorting', () => {
    const plan = planOf(workStore, 'AS at');
    expect(plan?.[0]).toBe('SEARCH mappings USING INDEX mappings_due (<expr>>? AND <expr><?)');
    expect(plan?.join()).not.toContain('TEMP B-TREE');
  });

  it('a page of requests is one walk along the short index, without sorting', () => {
    const plan = planOf(workStore, '@afterId');
    expect(plan?.[0]).toBe('SEARCH q USING INDEX close_requests_pending (id>?)');
    expect(plan?.join()).not.toContain('TEMP B-TREE');
  });

  it('the watched mappings begins with their time', () => {
    const plan = planOf(workStore, 'BETWEEN @from AND @to');
    expect(plan?.[0]).toContain('INDEX mappings_closed (state_at>? AND state_at<?)');
  });

  it('a page of figures is one walk along time, without sorting', () => {
    const plan = planOf(reportStore, '@since', '@size');
    expect(plan?.[0]).toBe('SEARCH o USING INDEX outcomes_by_time (decided_at>? AND decided_at<?)');
    expect(plan).toContain(
      'SEARCH later USING INDEX outcomes_by_conversation (conversation_id=? AND rowid>?)',
    );
    expect(plan?.join()).not.toContain('TEMP B-TREE');
  });

  it.each([
    ['the totals of a time', 'GROUP BY outcome ORDER BY outcome'],
    ['the failures of a time', 'since_then'],
  ])('%s is a walk along time too', (_, words) => {
    expect(planOf(reportStore, words)?.join('\n')).toContain(
      'SEARCH o USING INDEX outcomes_by_time (decided_at>? AND decided_at<?)',
    );
  });

  it('what is due now is one walk along its index', () => {
    const plan = planOf(reportStore, 'oldest_at ');
    expect(plan?.[0]).toBe('SEARCH mappings USING INDEX mappings_due (<expr><?)');
  });
});
