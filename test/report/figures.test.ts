import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOMES, type OutcomeKind } from '../../src/domain/outcome.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { figures } from '../../src/report/figures.ts';
import type { OutcomeRow } from '../../src/report/ports.ts';
import { GROUPINGS, type Grouping } from '../../src/report/report.ts';
import { at, QUESTION, recorded, recordedRuns, reportOn, row, sweep } from './make.ts';

const counted = (rows: readonly OutcomeRow[], by: Grouping, question: object = {}) =>
  reportOn(rows, { ...question, by }).rows.map(({ key, closed, kept }) => [key, closed, kept]);

describe('figures', () => {
  it('always have all nine outcomes, in totals and in every row', () => {
    const { totals, rows } = reportOn([row('2026-11-02T10:00:00Z')], { by: 'run' });
    const expected = { ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])), closed: 1 };
    expect({ totals, rows }).toEqual({ totals: expected, rows: [{ key: '1', ...expected }] });
  });

  it.each(OUTCOMES.map((outcome) => [outcome] as const))(
    'count %s under its own name only',
    (outcome: OutcomeKind) => {
      const { totals } = reportOn([row('2026-11-02T10:00:00Z', { outcome })]);
      expect(Object.entries(totals).filter(([, n]) => n > 0)).toEqual([[outcome, 1]]);
    },
  );

  it('include the first moment and not the last', () => {
    const rows = [
      '2026-10-31T23:59:59.999Z',
      '2026-11-01T00:00:00Z',
      '2026-11-03T23:59:59.999Z',
      '2026-11-04T00:00:00Z',
    ];
    expect(reportOn(rows.map((time) => row(time))).totals.closed).toBe(2);
  });

  it('show days on which nothing happened as zeros', () => {
    expect(counted([row('2026-11-02T10:00:00Z')], 'day')).toEqual([
      ['2026-11-01', 0, 0],
      ['2026-11-02', 1, 0],
      ['2026-11-03', 0, 0],
    ]);
  });

  it('show no other empty rows', () => {
    for (const by of ['hour', 'outcome', 'reason', 'queue', 'origin', 'run'] as const) {
      expect(counted([], by)).toEqual([]);
    }
  });

  it.each([
    [
      'outcome',
      [{ outcome: 'kept' }, { outcome: 'closed' }],
      [
        ['closed', 1, 0],
        ['kept', 0, 1],
      ],
    ],
    [
      'reason',
      [{ reason: 'stale' }, { reason: null }, { reason: 'requested' }],
      [
        ['(none)', 1, 0],
        ['requested', 1, 0],
        ['stale', 1, 0],
      ],
    ],
    [
      'queue',
      [{ queueId: 'q2' }, { queueId: null }, { queueId: 'q1' }, { queueId: 'q2' }],
      [
        ['(none)', 1, 0],
        ['q1', 1, 0],
        ['q2', 2, 0],
      ],
    ],
    [
      'run',
      [{ runId: 10 }, { runId: 9 }, { runId: 10, outcome: 'kept' }],
      [
        ['9', 1, 0],
        ['10', 1, 1],
      ],
    ],
    [
      'origin',
      [
        { origin: 'csv:a#1.csv#12' },
        { origin: 'csv:a#1.csv#9' },
        { origin: 'schedule' },
        { origin: 'webhook:a#1' },
      ],
      [
        ['csv:a#1.csv', 2, 0],
        ['schedule', 1, 0],
        ['webhook:a#1', 1, 0],
      ],
    ],
  ] as [Grouping, Partial<OutcomeRow>[], unknown[]][])(
    'by %s are grouped and sorted by it',
    (by, changes, expected) => {
      expect(
        counted(
          changes.map((change) => row('2026-11-02T10:00:00Z', change)),
          by,
        ),
      ).toEqual(expected);
    },
  );

  it('are the same in whatever order the rows come', () => {
    const rows = [
      row('2026-11-03T10:00:00Z', { runId: 3 }),
      row('2026-11-01T10:00:00Z'),
      row('2026-11-02T10:00:00Z', { runId: 2 }),
    ];
    for (const by of ['day', 'hour', 'run'] as const) {
      expect(counted(rows.toReversed(), by)).toEqual(counted(rows, by));
    }
  });
});

describe('days and hours follow the clocks of the time zone', () => {
  const berlin = (since: string, until: string) => ({
    since: at(since),
    until: at(until),
    timeZone: 'Europe/Berlin',
  });

  it('puts a moment into the local day', () => {
    const question = berlin('2026-11-01T23:00:00Z', '2026-11-03T23:00:00Z');
    expect(counted([row('2026-11-02T22:59:59Z'), row('2026-11-02T23:00:00Z')], 'day', question)).toEqual([
      ['2026-11-02', 1, 0],
      ['2026-11-03', 1, 0],
    ]);
  });

  it('tells the hour that autumn repeats apart, in the order of time', () => {
    const question = berlin('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z');
    const rows = ['2026-10-25T01:30:00Z', '2026-10-25T00:30:00Z', '2026-10-25T02:30:00Z'].map((time) =>
      row(time),
    );
    expect(counted(rows, 'hour', question)).toEqual([
      ['2026-10-25T02:00+02:00', 1, 0],
      ['2026-10-25T02:00+01:00', 1, 0],
      ['2026-10-25T03:00+01:00', 1, 0],
    ]);
  });

  it('knows the hour that spring leaves out', () => {
    const question = berlin('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z');
    const rows = ['2026-03-29T00:59:00Z', '2026-03-29T01:00:00Z'].map((time) => row(time));
    expect(counted(rows, 'hour', question).map(([key]) => key)).toEqual([
      '2026-03-29T01:00+01:00',
      '2026-03-29T03:00+02:00',
    ]);
  });

  it.each([
    ['spring', '2026-03-27T23:00:00Z', '2026-03-30T22:00:00Z', ['2026-03-28', '2026-03-29', '2026-03-30']],
    ['autumn', '2026-10-23T22:00:00Z', '2026-10-26T23:00:00Z', ['2026-10-24', '2026-10-25', '2026-10-26']],
  ])('has each day once over the change of %s', (_, since, until, days) => {
    expect(counted([], 'day', berlin(since, until)).map(([key]) => key)).toEqual(days);
  });

  it('has no day that a zone skipped', () => {
    const question = {
      since: at('2011-12-29T10:00:00Z'),
      until: at('2011-12-31T10:00:00Z'),
      timeZone: 'Pacific/Apia',
    };
    expect(counted([], 'day', question).map(([key]) => key)).toEqual(['2011-12-29', '2011-12-31']);
  });

  it('keeps offsets that are no whole hours', () => {
    const question = { timeZone: 'Asia/Kathmandu' };
    expect(counted([row('2026-11-02T10:14:00Z'), row('2026-11-02T10:16:00Z')], 'hour', question)).toEqual([
      ['2026-11-02T15:00+05:45', 1, 0],
      ['2026-11-02T16:00+05:45', 1, 0],
    ]);
  });
});

describe('rows that stand for several outcomes', () => {
  it('count as many as they stand for, in every grouping', () => {
    const rows = [
      row('2026-11-02T10:00:00Z', { n: 40, requests: 90 }),
      row('2026-11-02T10:15:00Z', { outcome: 'kept', reason: 'parked', n: 7, requests: 7 }),
    ];
    for (const by of GROUPINGS) {
      const report = reportOn(rows, { by });
      expect(report.totals).toMatchObject({ closed: 40, kept: 7 });
      expect(report.rows.reduce((sum, { closed, kept }) => sum + closed + kept, 0)).toBe(47);
      expect(report.days[1]).toMatchObject({ closed: 40, kept: 7, requests: 97 });
      expect(report.keptReasons).toEqual([{ reason: 'parked', n: 7 }]);
      expect(report.reopened.closes, 'nothing is known of single ones').toBe(0);
    }
  });

  it('give the same counts as the single outcomes that they sum up', () => {
    const single = [1, 2, 3].map(() => row('2026-11-02T10:00:00Z', { queueId: 'q' }));
    const sum = [row('2026-11-02T10:00:00Z', { queueId: 'q', n: 3, requests: 6 })];
    for (const by of GROUPINGS) expect(reportOn(sum, { by })).toEqual(reportOn(single, { by }));
  });
});

const anyRow: fc.Arbitrary<OutcomeRow> = fc.record({
  runId: fc.integer({ min: 1, max: 4 }),
  outcome: fc.constantFrom(...OUTCOMES),
  reason: fc.option(fc.constantFrom('stale', 'parked', 'constructor', '__proto__')),
  origin: fc.constantFrom('schedule', 'cli', 'csv:a.csv#1', 'csv:a.csv#2'),
  queueId: fc.option(fc.constantFrom('q1', 'q2')),
  decidedAt: fc.integer({ min: QUESTION.since - DAY, max: QUESTION.until + DAY }),
  n: fc.integer({ min: 1, max: 50 }),
  requests: fc.integer({ min: 0, max: 9 }),
  close: fc.constant(null),
});

describe('whatever was decided', () => {
  it('the rows of any grouping, and the days, add up to the totals', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Pacific/Kiritimati');
    fc.assert(
      fc.property(fc.array(anyRow), fc.constantFrom(...GROUPINGS), zones, (rows, by, timeZone) => {
        const { totals, rows: groups, days } = reportOn(rows, { by, timeZone });
        for (const outcome of OUTCOMES) {
          const sum = (parts: readonly Readonly<Record<OutcomeKind, number>>[]) =>
            parts.reduce((all, part) => all + part[outcome], 0);
          expect([sum(groups), sum(days)]).toEqual([totals[outcome], totals[outcome]]);
        }
      }),
    );
  });

  it('the order in which it is read changes nothing', () => {
    fc.assert(
      fc.property(fc.array(anyRow), fc.constantFrom(...GROUPINGS), (rows, by) => {
        expect(JSON.stringify(reportOn(rows.toReversed(), { by }))).toBe(
          JSON.stringify(reportOn(rows, { by })),
        );
      }),
    );
  });
});

describe('the series of days', () => {
  it('is there whatever the rows are grouped by, and tells a day without a sweep from a day of zeros', () => {
    const record = {
      ...recordedRuns([sweep(1, '2026-11-01T02:15:00Z'), sweep(2, '2026-11-03T02:15:00Z')]),
      outcomes: [row('2026-11-03T02:20:00Z', { runId: 2 })],
    };
    for (const by of GROUPINGS) {
      const { days } = figures(record, { ...QUESTION, by });
      expect(days.map(({ day, ran, closed, requests }) => [day, ran, closed, requests])).toEqual([
        ['2026-11-01', true, 0, 0],
        ['2026-11-02', false, 0, 0],
        ['2026-11-03', true, 1, 2],
      ]);
    }
  });

  const ranOn = (record: Parameters<typeof figures>[0], question: object = {}) =>
    figures(record, { ...QUESTION, ...question })
      .days.filter(({ ran }) => ran)
      .map(({ day }) => day);

  it('has a sweep on both days when it ran past midnight', () => {
    const late = sweep(1, '2026-11-01T23:50:00Z');
    expect(ranOn(recordedRuns([late]))).toEqual(['2026-11-01', '2026-11-02']);
  });

  it('counts a sweep that began before the period and ran into it', () => {
    expect(ranOn(recordedRuns([sweep(1, '2026-10-31T23:50:00Z')]))).toEqual(['2026-11-01']);
  });

  it('of a sweep that died, has the day it began and those on which it recorded something', () => {
    const dead = sweep(1, '2026-11-01T23:50:00Z', { exitCode: null, finishedAt: at('2026-11-04T00:00:00Z') });
    expect(ranOn(recordedRuns([dead]))).toEqual(['2026-11-01']);
    const outcomes = [row('2026-11-02T00:10:00Z', { runId: 1 })];
    expect(ranOn({ ...recordedRuns([dead]), outcomes })).toEqual(['2026-11-01', '2026-11-02']);
  });

  it('does not take a close that somebody asked for as a sweep', () => {
    expect(ranOn(recorded({ outcomes: [row('2026-11-02T10:00:00Z', { runId: 9 })] }))).toEqual([]);
  });

  it.each([
    ['spring', '2026-03-28', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 23],
    ['autumn', '2026-10-24', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 25],
  ])('puts the nights of the change of %s into their local days', (_, before, midnight, end, length) => {
    expect((at(end) - at(midnight)) / HOUR).toBe(length);
    const day = new Date(at(before) + DAY).toISOString().slice(0, 10);
    const record = {
      ...recordedRuns([sweep(1, new Date(at(midnight) + 30 * 60_000).toISOString())]),
      outcomes: [at(midnight) - 1, at(midnight), at(end) - 1].map((time) => row(time, { runId: 9 })),
    };
    const question = { since: at(midnight) - DAY, until: at(end), timeZone: 'Europe/Berlin' };
    const { days } = figures(record, { ...QUESTION, ...question });
    expect(days.map((one) => [one.day, one.ran, one.closed])).toEqual([
      [before, false, 1],
      [day, true, 2],
    ]);
  });
});

describe('kept by reason', () => {
  it('is the most frequent first, by name where equal, and kept ones only', () => {
    const kept = (reason: string) => row('2026-11-02T10:00:00Z', { outcome: 'kept', reason });
    const rows = [kept('parked'), kept('exempt'), kept('parked'), kept('active_recently'), row('2026-11-02')];
    expect(reportOn(rows).keptReasons).toEqual([
      { reason: 'parked', n: 2 },
      { reason: 'active_recently', n: 1 },
      { reason: 'exempt', n: 1 },
    ]);
  });
});

describe('the rate of success', () => {
  const rateOf = (counts: Partial<Record<OutcomeKind, number>>) =>
    reportOn(
      Object.entries(counts).map(([outcome, n]) =>
        row('2026-11-02T10:00:00Z', { outcome: outcome as OutcomeKind, n }),
      ),
    ).successRate;

  it.each([
    ['all closed', { closed: 4 }, 1],
    ['some failed', { closed: 6, failed: 1, unconfirmed: 1 }, 0.75],
    ['none closed', { failed: 2 }, 0],
    ['what was kept or gone does not count', { closed: 1, failed: 1, kept: 98, not_found: 3 }, 0.5],
  ])('%s', (_, counts, expected) => {
    expect(rateOf(counts)).toBe(expected);
  });

  it('is not known where nothing was tried', () => {
    expect(rateOf({ kept: 3, already_closed: 2 })).toBeNull();
  });
});

describe('the period before', () => {
  it('is as long, lies just before, and is compared outcome by outcome', () => {
    const { before } = figures(
      recorded({
        outcomes: [row('2026-11-02T10:00:00Z', { n: 5 })],
        totalsBefore: [
          { outcome: 'closed', n: 8 },
          { outcome: 'failed', n: 2 },
        ],
      }),
      QUESTION,
    );
    expect([before.since, before.until]).toEqual([at('2026-10-29T00:00:00Z'), QUESTION.since]);
    expect(before.totals).toMatchObject({ closed: 8, failed: 2, kept: 0 });
    expect(before.difference).toMatchObject({ closed: -3, failed: -2, kept: 0 });
    expect(before.successRate).toBe(0.8);
  });

  it.each([
    ['no run is on record', null, false],
    ['the first run came within it', '2026-10-30T00:00:00Z', false],
    ['the first run came before it', '2026-10-28T00:00:00Z', true],
  ])('says whether it is on record: %s', (_, first, expected) => {
    const record = recordedRuns([], { firstRunAt: first === null ? null : at(first) });
    expect(figures(record, QUESTION).before.recorded).toBe(expected);
  });
});

describe('the requests', () => {
  const requests = { total: 90, reads: 50, closes: 30, surveys: 8, tokens: 2, rateLimited: 1, retried: 3 };

  it('are those of the runs, and per close', () => {
    const record = {
      ...recordedRuns([], { requests, dryRequests: 7 }),
      outcomes: [row('2026-11-02T10:00:00Z', { n: 30, requests: 80 })],
    };
    expect(figures(record, QUESTION).requests).toEqual({
      ...requests,
      perClose: 3,
      dryRuns: 7,
      unfinishedRuns: 0,
    });
  });

  it('of a run that died are those of its outcomes', () => {
    const record = {
      ...recordedRuns([], { requests, unfinished: [9] }),
      outcomes: [row('2026-11-02T10:00:00Z', { runId: 9, requests: 6 }), row('2026-11-02T11:00:00Z')],
    };
    expect(figures(record, QUESTION).requests).toMatchObject({ total: 96, perClose: 48, unfinishedRuns: 1 });
  });

  it('per close are not known where nothing was closed', () => {
    expect(figures(recordedRuns([], { requests }), QUESTION).requests.perClose).toBeNull();
  });
});

describe('the trend of the backlog', () => {
  it('is what each full sweep of the period found and left, and unknown where it did not come to count', () => {
    const died = { exitCode: null, candidates: 0, left: 0 };
    const { backlogTrend } = figures(
      recordedRuns([
        sweep(1, '2026-10-31T02:15:00Z'),
        sweep(2, '2026-11-01T02:15:00Z'),
        sweep(3, '2026-11-02T02:15:00Z', died),
        sweep(4, '2026-11-03T02:15:00Z', { exitCode: 9 }),
        sweep(5, '2026-11-03T03:15:00Z', { exitCode: 6 }),
      ]),
      QUESTION,
    );
    expect(backlogTrend.total).toBe(4);
    expect(
      backlogTrend.items.map(({ runId, day, candidates, left }) => [runId, day, candidates, left]),
    ).toEqual([
      [2, '2026-11-01', 102, 2],
      [3, '2026-11-02', null, null],
      [4, '2026-11-03', null, null],
      [5, '2026-11-03', 105, 5],
    ]);
  });

  it('is cut to the newest thousand', () => {
    const sweeps = Array.from({ length: 1_003 }, (_, i) =>
      sweep(i + 1, new Date(QUESTION.since + i * 60_000).toISOString()),
    );
    const { total, items } = figures(recordedRuns(sweeps), QUESTION).backlogTrend;
    expect([total, items.length, items[0]?.runId, items.at(-1)?.runId]).toEqual([1_003, 1_000, 4, 1_003]);
  });
});
