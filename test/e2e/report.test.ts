import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, toIso } from '../../src/domain/time.ts';
import { aPolicy } from '../domain/make.ts';
import { aPlace, openPlace, type Place } from './place.ts';
import { conversations, everything, idOf, map } from './world.ts';

/** The midnight before last night, in UTC as everywhere here. */
const TODAY = Math.floor(Date.now() / DAY) * DAY;
const REASONS = ['active_recently', 'parked', 'awaiting_agent'];

/**
 * Six nights of the past as SQL, the fourth of them missing. On each 60 outcomes: closed ones, some of which were
 * reopened on the next night, and others of every kind.
 */
function pastNights(): string[] {
  return [6, 5, 4, 2, 1].flatMap((daysAgo, night) => {
    const start = TODAY - daysAgo * DAY + 2 * HOUR;
    const counts = JSON.stringify({ candidates: 60 + night, left: night });
    const requests = JSON.stringify({
      total: 130,
      reads: 60,
      closes: 60,
      surveys: 9,
      tokens: 1,
      rateLimited: 0,
      retried: 2,
    });
    const run = `INSERT INTO runs (id, kind, scope, state, dry_run, policy, counts, requests, started_at, finished_at,
      exit_code, host, pid, version) VALUES (${night + 1}, 'sweep', 'full', 'done', 0, '${JSON.stringify(aPolicy())}',
      '${counts}', '${requests}', '${toIso(start)}', '${toIso(start + HOUR)}', 0, 'h', 1, '0')`;
    return [run, ...Array.from({ length: 60 }, (_, i) => pastOutcome(night + 1, start, i))];
  });
}

function pastOutcome(runId: number, start: number, i: number): string {
  // Numbers 1 to 5 come back every night; the others are seen once.
  const n = i < 5 ? 900_001 + i : 900_000 + runId * 1_000 + i;
  const decidedAt = toIso(start + i * MINUTE);
  const kinds: [string, string | null, string][] = [
    ['closed', i < 5 ? 'requested' : 'stale', 'closed'],
    ['closed', 'stale_unanswered', 'abandoned'],
    ['already_closed', 'ended', 'closed'],
    ['kept', REASONS[(i % 7) % 3] ?? null, 'active'],
    ['not_found', null, 'unknown'],
    ['failed', 'inspect', 'unknown'],
    ['unconfirmed', 'stale', 'active'],
  ];
  const [outcome, reason, status] = kinds[i < 5 ? 0 : i % 7] as (typeof kinds)[number];
  const origin = i < 5 ? `csv:list.csv#${i + 2}` : 'schedule';
  const idle = outcome === 'closed' ? DAY / 1000 + i * 7_000 * runId : null;
  return `INSERT INTO outcomes (run_id, conversation_id, session_id, outcome, reason, origin, remote_status, idle_seconds,
    queue_id, agent_connected, http_status, error_code, correlation_id, requests, decided_at, closed_at) VALUES
    (${runId}, '${idOf(n)}', 's-${n}', '${outcome}', ${text(reason)}, '${origin}', '${status}', ${idle},
    ${i % 3 === 0 ? 'NULL' : `'queue|${i % 3}'`}, ${i % 4 === 0 ? 1 : 0}, ${outcome === 'failed' ? 503 : 200},
    ${outcome === 'failed' ? "'service.unavailable'" : 'NULL'}, 'cor-${n}', ${1 + (i % 3)}, '${decidedAt}',
    ${outcome === 'closed' ? text(decidedAt) : 'NULL'})`;
}

const text = (value: string | null) => (value === null ? 'NULL' : `'${value}'`);

describe('the report of a week', () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace({ conversations: conversations(['with_bot', 'parked', 'closed', 'with_bot']) });
    map(place, 4);
    place.execute(pastNights().join(';'));
    expect((await place.runHere('hold', idOf(4), '--for', '7d')).code).toBe(0);
    expect((await place.runHere('sweep', '--dry-run')).code).toBe(0);
    expect((await place.runHere('sweep')).code).toBe(0);
  }, 60_000);
  afterAll(() => place.leave());

  /** What it prints about the last three days; it writes nothing. */
  async function report(...argv: string[]): Promise<string> {
    const before = everything(place);
    const since = argv.includes('--since') ? [] : ['--since', SINCE];
    const { code, stdout, stderr } = await place.runHere('report', ...since, '--until', UNTIL, ...argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(everything(place)).toEqual(before);
    return stdout;
  }
  const SINCE = toIso(TODAY - 2 * DAY);
  const UNTIL = toIso(TODAY + DAY);
  const BEFORE = toIso(TODAY - 5 * DAY);

  it('has the numbers that plain SQL finds', async () => {
    const json = JSON.parse(await report('--format', 'json'));
    const real = 'FROM outcomes JOIN runs ON runs.id = run_id WHERE dry_run = 0 AND';
    const inPeriod = `${real} decided_at >= '${SINCE}' AND decided_at < '${UNTIL}'`;
    const counted = (condition: string) =>
      Object.fromEntries(
        place
          .query(`SELECT outcome, count(*) AS n ${condition} GROUP BY outcome`)
          .map(({ outcome, n }) => [outcome, n]),
      );
    const one = (sql: string) => Object.values(place.query(sql)[0] ?? {})[0];
    const present = (totals: object) => Object.fromEntries(Object.entries(totals).filter(([, n]) => n !== 0));

    const totals = counted(inPeriod);
    expect(present(json.totals)).toEqual(totals);
    const before = counted(`${real} decided_at >= '${BEFORE}' AND decided_at < '${SINCE}'`);
    expect(present(json.before.totals)).toEqual(before);
    expect(json.before.difference.closed).toBe(totals.closed - before.closed);
    expect(json.successRate).toBe(totals.closed / (totals.closed + totals.failed + totals.unconfirmed));
    expect(json.keptReasons).toEqual(
      Object.fromEntries(
        place
          .query(`SELECT reason, count(*) AS n ${inPeriod} AND outcome = 'kept' GROUP BY reason`)
          .map(({ reason, n }) => [reason, n]),
      ),
    );
    expect(
      json.days.map(({ day, closed, requests }: Record<string, unknown>) => ({ day, closed, requests })),
    ).toEqual(
      place.query(`SELECT substr(decided_at, 1, 10) AS day, sum(outcome = 'closed') AS closed,
        sum(outcomes.requests) AS requests ${inPeriod} GROUP BY day ORDER BY day`),
    );
    expect(json.requests.total).toBe(
      one(`SELECT sum(json_extract(requests, '$.total')) FROM runs
        WHERE dry_run = 0 AND started_at >= '${SINCE}' AND started_at < '${UNTIL}'`),
    );
    expect(json.requests.dryRuns).toBe(
      one("SELECT json_extract(requests, '$.total') FROM runs WHERE dry_run = 1"),
    );

    const idle = place
      .query(
        `SELECT idle_seconds AS s ${inPeriod} AND outcome = 'closed' AND idle_seconds IS NOT NULL ORDER BY s`,
      )
      .map(({ s }) => s as number);
    const rank = (share: number) => idle[Math.ceil(share * idle.length) - 1];
    expect(json.idleAtClose).toMatchObject({
      n: idle.length,
      p50Seconds: rank(0.5),
      p90Seconds: rank(0.9),
      maxSeconds: idle.at(-1),
    });
    const twoToThree = idle.filter((s) => s >= 2 * 86_400 && s < 3 * 86_400).length;
    expect(json.idleAtClose.histogram[2]).toMatchObject({ label: '2-3d', n: twoToThree });

    expect(json.failures.total).toBe(
      one(`SELECT count(DISTINCT conversation_id) ${inPeriod} AND outcome IN ('failed', 'unconfirmed')`),
    );
    // The five that come back every night were closed two nights ago and once more last night.
    expect(json.reopened).toMatchObject({ closes: totals.closed, total: 5 });
    expect(json.capacity.withAgent).toBe(
      one(`SELECT count(*) ${inPeriod} AND outcome = 'closed' AND agent_connected = 1`),
    );
    expect(json.backlogTrend.items).toMatchObject([
      { candidates: 63, left: 3 },
      { candidates: 64, left: 4 },
      { left: 0 },
    ]);
    expect(json.backlog).toMatchObject({ due: 1, onHold: 1, resting: 0, pendingRequests: 0 });
  });

  it('adds up to the same totals by whatever it is asked for', async () => {
    const { totals } = JSON.parse(await report('--format', 'json'));
    for (const by of ['day', 'queue', 'origin']) {
      const sums: Record<string, number> = {};
      const rows = (await report('--format', 'ndjson', '--by', by)).trimEnd().split('\n');
      for (const { key: _, ran: __, ...counts } of rows.map((row) => JSON.parse(row))) {
        for (const [outcome, n] of Object.entries(counts)) sums[outcome] = (sums[outcome] ?? 0) + Number(n);
      }
      expect(sums).toEqual(totals);
    }
  });

  it('names the night that is missing, and only that', async () => {
    const json = JSON.parse(await report('--since', toIso(TODAY - 7 * DAY), '--format', 'json'));
    const missing = toIso(TODAY - 3 * DAY).slice(0, 10);
    expect(json.nights.missing.items.map(({ day }: { day: string }) => day)).toEqual([missing]);
    place.file('nightsweep.yaml', 'expectedEvery: none\n');
    expect(JSON.parse(await report('--format', 'json')).nights).toBeNull();
    place.file('nightsweep.yaml', '');
  });

  it('is a table in 80 columns, without colour in a pipe', async () => {
    for (const by of ['day', 'queue']) {
      const shown = await report('--by', by);
      expect(shown.split('\n').filter((line) => line.length > 80)).toEqual([]);
      expect(shown).not.toContain('\u001b');
      expect(shown).toMatch(/^Outcomes by .*\n\n {2}closed /);
    }
  });

  it('is Markdown that GitHub reads as tables, a pipe in a name or not', async () => {
    const markdown = await report('--format', 'markdown', '--by', 'queue');
    expect(markdown).toContain('| `queue\\|1` |');
    expect(markdown.match(/^\| --- /gm)?.length).toBeGreaterThanOrEqual(4);
  });

  it('is a CSV that reads back, with a byte order mark if asked', async () => {
    const plain = await report('--format', 'csv');
    const marked = await report('--format', 'csv', '--bom');
    expect(marked).toBe(`\ufeff${plain}`);
    const [head, ...rows] = parse(plain, { record_delimiter: '\r\n' }) as string[][];
    expect(head).toEqual(['key', ...OUTCOMES, 'ran']);
    expect(rows).toHaveLength(3);
  });

  it.each([
    ['r.html', '<!doctype html>'],
    ['r.CSV', 'key,closed'],
    ['r.md', '#'],
    ['r.ndjson', '{"key"'],
    ['r.json', '{\n'],
    ['r.txt', 'Outcomes by day'],
  ])('is of the format that the name of the file tells: %s', async (name, beginning) => {
    await report('--out', name, '--quiet');
    expect(readFileSync(join(place.dir, name), 'utf8').toLowerCase()).toMatch(
      new RegExp(`^${beginning.toLowerCase()}`),
    );
  });

  it('goes into a file of its own for its owner only', async () => {
    const argv = ['--format', 'csv', '--bom', '--out', 'report.csv', '--quiet'];
    expect(await report(...argv)).toBe('');
    const path = join(place.dir, 'report.csv');
    expect(readFileSync(path, 'utf8')).toMatch(/^\ufeffkey,closed/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

const OUTCOMES = [
  ...['closed', 'already_closed', 'not_found', 'kept', 'would_close'],
  ...['unconfirmed', 'failed', 'expired', 'not_attempted'],
];

describe('a report that cannot be made', () => {
  it.each([
    ['--bom for a table', ['--bom'], '--bom is for a CSV, not for table; add --format csv, or leave it out.'],
    [
      'an unknown format',
      ['--format', 'pdf'],
      '--format cannot be "pdf"; give table, json, ndjson, csv, markdown',
    ],
    ['two formats', ['--format', 'csv', '--format', 'json'], '--format is given twice'],
    [
      'JSON and another format',
      ['--json', '--format', 'csv'],
      '--json prints JSON, and --format csv does not; leave one of them out.',
    ],
  ])('says why in one sentence: %s', async (_, argv, says) => {
    const place = await aPlace();
    map(place, 1);
    const { code, stdout, stderr } = await place.runHere('report', ...argv);
    expect(code).toBe(2);
    expect(argv.includes('--json') ? stdout : stderr).toContain(says);
    if (!argv.includes('--json')) expect(stdout).toBe('');
    expect(stderr).toMatch(/^nightsweep: [^\n]+\n$/);
  });

  it('says so where the setting is wrong', async () => {
    const place = await aPlace();
    map(place, 1);
    place.file('nightsweep.yaml', 'expectedEvery: 24\n');
    const { code, stderr } = await place.runHere('report');
    expect(code).toBe(2);
    expect(stderr).toContain('nightsweep.yaml line 1: expectedEvery cannot be "24"');
    expect(stderr).toContain('did you mean 24h?');
  });
});

it('a report on a record in which nothing has happened yet says so', async () => {
  const place = await aPlace();
  map(place, 2);
  const { code, stdout } = await place.runHere('report');
  expect(code).toBe(0);
  expect(stdout).toContain('Nothing was decided in this time.');
  expect(stdout).toContain('no full sweep has run yet');
  expect(stdout).toMatch(/due now +2 /);
});
