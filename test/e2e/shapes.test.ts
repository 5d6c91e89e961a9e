import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT } from './child.ts';
import { openPlace, type Place } from './place.ts';
import { conversations, HEADER, idOf, mappingOf, row } from './world.ts';

const COUNTS = [
  ...['candidates', 'surveyed', 'inspected', 'requested', 'closed', 'alreadyClosed', 'notFound', 'kept'],
  ...[
    'wouldClose',
    'unconfirmed',
    'failed',
    'expired',
    'notAttempted',
    'recovered',
    'reopened',
    'resting',
    'left',
  ],
];
const REQUESTS = ['total', 'reads', 'closes', 'surveys', 'tokens', 'rateLimited', 'retried'];
const OUTCOMES = [
  ...['closed', 'already_closed', 'not_found', 'kept', 'would_close'],
  ...['unconfirmed', 'failed', 'expired', 'not_attempted'],
];
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const TEXT = expect.any(String);
const NUMBER = expect.any(Number);

/** An object with exactly these keys, in this order, all of them numbers. */
function numbers(keys: readonly string[]) {
  return expect.toSatisfy(
    (value: Record<string, unknown>) =>
      Object.keys(value).join() === keys.join() && Object.values(value).every(Number.isSafeInteger),
    `numbers ${keys.join(', ')}`,
  );
}

function run(kind: string, scope: string, changes: object = {}) {
  return {
    id: NUMBER,
    kind,
    scope,
    state: 'done',
    dryRun: false,
    startedAt: TIME,
    finishedAt: TIME,
    ...changes,
  };
}

describe('the public JSON shapes', () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace({
      conversations: conversations([
        'with_bot',
        'parked',
        'closed',
        'never_wrote',
        'recently_active',
        'with_bot',
      ]),
    });
  });
  afterAll(() => place.leave());

  it('import mapping', async () => {
    place.file('mapping.csv', `${mappingOf(5)}web-6,nonsense,2026-01-01T00:00:00Z,,\n`);
    const { code, json } = await place.runHere('import', 'mapping', 'mapping.csv', '--json');
    expect(code).toBe(3);
    expect(json).toEqual({
      import: { id: 1, kind: 'mapping', file: 'mapping.csv' },
      dryRun: false,
      counts: { rows: 6, accepted: 5, changed: 0, unchanged: 0, rejected: 1 },
      rejects: [{ line: 7, code: 'invalid_id', message: TEXT }],
      rejectsFile: null,
      interruptedAtLine: null,
      exitCode: 3,
      message: TEXT,
    });
    expect(Object.keys(json)).toEqual([
      ...['import', 'dryRun', 'counts', 'rejects', 'rejectsFile', 'interruptedAtLine'],
      ...['exitCode', 'message'],
    ]);
  });

  it('import closes', async () => {
    place.file('closes.csv', `conversation_id,reason\n${idOf(4)},spam\n`);
    const { code, json } = await place.runHere('import', 'closes', 'closes.csv', '--json');
    expect(code).toBe(0);
    expect(json).toEqual({
      import: { id: 2, kind: 'closes', file: 'closes.csv' },
      dryRun: false,
      counts: { rows: 1, accepted: 1, changed: 0, unchanged: 0, rejected: 0 },
      rejects: [],
      rejectsFile: null,
      interruptedAtLine: null,
      exitCode: 0,
      message: TEXT,
    });
  });

  it('sweep, dry and real', async () => {
    const dry = await place.runHere('sweep', '--dry-run', '--json');
    const real = await place.runHere('sweep', '--json');
    for (const [{ code, json, stderr }, dryRun] of [
      [dry, true],
      [real, false],
    ] as const) {
      expect(code).toBe(0);
      expect(json).toEqual({
        run: run('sweep', 'full', { dryRun }),
        counts: numbers(COUNTS),
        keptReasons: { parked: 1, active_recently: 1 },
        requests: numbers(REQUESTS),
        source: null,
        exitCode: 0,
        message: TEXT,
      });
      expect(Object.keys(json)).toEqual([
        'run',
        'counts',
        'keptReasons',
        'requests',
        'source',
        'exitCode',
        'message',
      ]);
      expect(stderr, 'narration as JSON lines').toSatisfy((text: string) =>
        text.split('\n').every((line) => line === '' || typeof JSON.parse(line) === 'object'),
      );
    }
    expect(dry.json.counts).toMatchObject({ wouldClose: 2, closed: 0, requested: 1 });
    expect(real.json.counts).toMatchObject({ wouldClose: 0, closed: 2, alreadyClosed: 1, kept: 2 });
  });

  it('close', async () => {
    place.file('more.csv', `${HEADER}\n${row(6)}\n`);
    await place.runHere('import', 'mapping', 'more.csv');
    const { code, json } = await place.runHere('close', idOf(6), idOf(99), '--json');
    expect(code).toBe(3);
    expect(json).toEqual({
      run: run('close', 'requested'),
      results: [
        {
          conversationId: idOf(6),
          sessionId: 'web-6',
          outcome: 'closed',
          reason: 'requested',
          remoteStatus: TEXT,
          detail: TEXT,
        },
        {
          conversationId: idOf(99),
          sessionId: null,
          outcome: 'not_found',
          reason: null,
          remoteStatus: 'unknown',
          detail: TEXT,
        },
      ],
      exitCode: 3,
      message: TEXT,
    });
    expect(Object.keys(json)).toEqual(['run', 'results', 'exitCode', 'message']);
  });

  it('discover, and its reverse', async () => {
    const { code, json } = await place.runHere('discover', '--import', '--json');
    expect(code).toBe(0);
    expect(json).toEqual({
      since: TIME,
      until: TIME,
      conversations: [],
      counts: numbers(['unmapped', 'mapped', 'mappedAsEnded', 'unreadable']),
      gaps: [],
      complete: true,
      import: { id: NUMBER, rows: 0, accepted: 0, changed: 0, unchanged: 0, rejected: 0 },
      requests: numbers(REQUESTS),
      exitCode: 0,
      message: TEXT,
    });
    const missing = await place.runHere('discover', '--missing', '--json');
    expect(missing.json).toEqual({
      since: TIME,
      until: TIME,
      mappings: [],
      counts: numbers(['missing', 'asked']),
      complete: true,
      requests: numbers(REQUESTS),
      exitCode: 0,
      message: TEXT,
    });
  });

  it('report, by --json and by --format json alike', async () => {
    const { json } = await place.runHere('report', '--by', 'reason', '--since', '1d', '--json');
    const other = await place.runHere('report', '--by', 'reason', '--since', '1d', '--format', 'json');
    expect(json).toEqual(reportShape());
    expect(json.totals).toMatchObject({ closed: 3, already_closed: 1, kept: 2, not_found: 1 });
    expect(Object.keys(json)).toEqual(Object.keys(reportShape()));
    expect(JSON.parse(other.stdout)).toEqual(reportShape());
  });

  it('errors: the exit code and the sentence', async () => {
    for (const argv of [
      ['sweep', '--nope'],
      ['nope'],
      ['runs', '77'],
      ['close', idOf(1), '--db', 'none.db'],
    ]) {
      const { code, json, stderr } = await place.runHere(...argv, '--json');
      expect(json).toEqual({ exitCode: code, message: TEXT });
      expect(stderr).toBe(`nightsweep: ${json.message}\n`);
    }
  });

  it('no object of any command shows the secret, and config says so', async () => {
    const { json } = await place.runHere('config', '--json');
    expect(json.settings).toContainEqual(
      expect.objectContaining({ key: 'clientSecret', value: '[redacted]', origin: 'environment' }),
    );
    expect(json.settings).toContainEqual(
      expect.objectContaining({ key: 'clientId', value: CLIENT.clientId }),
    );
  });
});

function noOutcomes() {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0]));
}

/** Every key of a report by reason, in this order. */
function reportShape() {
  const spread = { n: NUMBER, p50Seconds: NUMBER, p90Seconds: NUMBER, maxSeconds: NUMBER };
  const none = { total: 0, items: [] };
  return {
    since: TIME,
    until: TIME,
    timeZone: 'UTC',
    by: 'reason',
    totals: numbers(OUTCOMES),
    rows: expect.arrayContaining([{ key: 'parked', ...noOutcomes(), kept: 1 }]),
    now: TIME,
    detailSince: null,
    days: expect.arrayContaining([
      {
        ...noOutcomes(),
        day: TEXT,
        ran: true,
        closed: 3,
        already_closed: 1,
        kept: 2,
        not_found: 1,
        requests: NUMBER,
      },
    ]),
    keptReasons: { parked: 1, active_recently: 1 },
    successRate: 1,
    before: {
      since: TIME,
      until: TIME,
      recorded: false,
      totals: numbers(OUTCOMES),
      difference: numbers(OUTCOMES),
      successRate: null,
    },
    requests: expect.objectContaining({
      total: NUMBER,
      perClose: NUMBER,
      dryRuns: NUMBER,
      unfinishedRuns: 0,
    }),
    backlog: {
      due: NUMBER,
      oldestSeconds: NUMBER,
      onHold: 0,
      resting: 0,
      pendingRequests: 0,
      staleAfterSeconds: 86_400,
    },
    backlogTrend: {
      total: 1,
      items: [{ runId: NUMBER, startedAt: TIME, day: TEXT, candidates: NUMBER, left: 0 }],
    },
    idleAtClose: {
      ...spread,
      unknown: 0,
      histogram: expect.arrayContaining([{ label: '<1d', fromSeconds: 0, toSeconds: 86_400, n: NUMBER }]),
    },
    staleToClosed: spread,
    nights: { expectedEverySeconds: 86_400, due: 1, run: 1, incomplete: 0, missing: none, firstRunAt: TIME },
    reopened: { closes: 3, rate: 0, ...none },
    capacity: {
      withAgent: NUMBER,
      reopened: 0,
      unknown: 0,
      lowerSeconds: NUMBER,
      upperSeconds: NUMBER,
      formula: expect.arrayContaining([TEXT]),
    },
    failures: none,
    unclosable: none,
  };
}
