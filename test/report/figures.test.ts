import { describe, expect, it } from 'vitest';
import { OUTCOMES, type OutcomeKind } from '../../src/domain/outcome.ts';
import { figures, type Grouping } from '../../src/report/figures.ts';
import type { OutcomeRow } from '../../src/report/ports.ts';

const at = (text: string) => Date.parse(text);

function row(decidedAt: string, changes: Partial<OutcomeRow> = {}): OutcomeRow {
  return {
    runId: 1,
    outcome: 'closed',
    reason: 'stale',
    origin: 'schedule',
    queueId: null,
    ...changes,
    decidedAt: at(decidedAt),
  };
}

const WEEK = { since: at('2026-11-01T00:00:00Z'), until: at('2026-11-04T00:00:00Z'), timeZone: 'UTC' };
const counted = (rows: OutcomeRow[], by: Grouping, question = WEEK) =>
  figures(rows, { ...question, by }).rows.map(({ key, closed, kept }) => [key, closed, kept]);

describe('figures', () => {
  it('always have all nine outcomes, in totals and in every row', () => {
    const report = figures([row('2026-11-02T10:00:00Z')], { ...WEEK, by: 'run' });
    const expected = { ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])), closed: 1 };
    expect(report).toEqual({ ...WEEK, by: 'run', totals: expected, rows: [{ key: '1', ...expected }] });
  });

  it.each(OUTCOMES.map((outcome) => [outcome] as const))(
    'count %s under its own name only',
    (outcome: OutcomeKind) => {
      const { totals } = figures([row('2026-11-02T10:00:00Z', { outcome })], { ...WEEK, by: 'day' });
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
    expect(
      figures(
        rows.map((time) => row(time)),
        { ...WEEK, by: 'outcome' },
      ).totals.closed,
    ).toBe(2);
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
    const question = { ...WEEK, timeZone: 'Asia/Kathmandu' };
    expect(counted([row('2026-11-02T10:14:00Z'), row('2026-11-02T10:16:00Z')], 'hour', question)).toEqual([
      ['2026-11-02T15:00+05:45', 1, 0],
      ['2026-11-02T16:00+05:45', 1, 0],
    ]);
  });
});
