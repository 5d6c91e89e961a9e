import { stripVTControlCharacters } from 'node:util';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { OUTCOMES, type OutcomeKind } from '../../src/domain/outcome.ts';
import { DAY } from '../../src/domain/time.ts';
import { figures } from '../../src/report/figures.ts';
import { renderCsv, toCsv } from '../../src/report/formats/csv.ts';
import { FORMATS, render } from '../../src/report/formats/formats.ts';
import { renderJson, reportJson } from '../../src/report/formats/json.ts';
import { renderNdjson } from '../../src/report/formats/ndjson.ts';
import { renderTable } from '../../src/report/formats/table.ts';
import type { OutcomeRow } from '../../src/report/ports.ts';
import type { Grouping, Report } from '../../src/report/report.ts';
import { at, fullRecord, QUESTION, recordedRuns, row, sweep } from './make.ts';

const TWO_DAYS = { ...QUESTION, until: at('2026-11-03T00:00:00Z'), now: at('2026-11-03T00:00:00Z') };

/** Two days, on the first of which these were decided by a sweep. */
function reportOf(by: Grouping, outcomes: readonly OutcomeKind[], changes: Partial<OutcomeRow> = {}): Report {
  const rows = outcomes.map((outcome) => row('2026-11-01T02:15:00Z', { runId: 7, outcome, ...changes }));
  return figures(
    { ...recordedRuns([sweep(7, '2026-11-01T02:15:00Z')]), outcomes: rows },
    { ...TWO_DAYS, by },
  );
}

const full = (by: Grouping = 'day') => figures(fullRecord(), { ...QUESTION, by });

describe('the JSON of a report', () => {
  it('keeps its public keys in their order, and says each figure', () => {
    const zeros = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0]));
    const json = JSON.parse(renderJson(reportOf('day', ['closed', 'kept', 'kept'], { reason: 'parked' })));
    expect(json).toMatchObject({
      since: '2026-11-01T00:00:00.000Z',
      until: '2026-11-03T00:00:00.000Z',
      timeZone: 'UTC',
      by: 'day',
      totals: { ...zeros, closed: 1, kept: 2 },
      rows: [
        { key: '2026-11-01', ...zeros, closed: 1, kept: 2 },
        { key: '2026-11-02', ...zeros },
      ],
      keptReasons: { parked: 2 },
      successRate: 1,
      days: [
        { day: '2026-11-01', ran: true, closed: 1, requests: 6 },
        { day: '2026-11-02', ran: false, closed: 0, requests: 0 },
      ],
    });
    expect(Object.keys(json).slice(0, 6)).toEqual(['since', 'until', 'timeZone', 'by', 'totals', 'rows']);
    expect(Object.keys(json.totals)).toEqual(OUTCOMES);
  });

  it('has no figure that is not there, no moment that is a number, and no milliseconds', () => {
    const text = JSON.stringify(reportJson(full()));
    expect(text).not.toMatch(/"\w*Ms"|:\d{13}\b/);
    expect(reportJson(full())).toMatchObject({
      now: '2026-11-04T00:00:00.000Z',
      detailSince: '2026-11-01T02:00:00.000Z',
      before: { since: '2026-10-29T00:00:00.000Z', recorded: true, difference: { closed: -1 } },
      backlog: { due: 12, oldestSeconds: 93_600, staleAfterSeconds: 86_400 },
      backlogTrend: { total: 2, items: [{ runId: 1, startedAt: '2026-11-01T02:15:00.000Z' }, {}] },
      idleAtClose: {
        n: 3,
        p50Seconds: 172_800,
        unknown: 0,
        histogram: [{ label: '<1d', n: 0 }, {}, {}, {}, {}, {}, {}],
      },
      staleToClosed: { n: 3, maxSeconds: 86_400 },
      nights: {
        expectedEverySeconds: 86_400,
        due: 3,
        run: 2,
        missing: { total: 1, items: [{ day: '2026-11-03' }] },
      },
      reopened: { closes: 3, total: 1, items: [{ seenAt: '2026-11-02T02:15:00.000Z' }] },
      capacity: { withAgent: 1, lowerSeconds: 86_100 },
      failures: { total: 12, items: expect.arrayContaining([expect.objectContaining({ tries: 2 })]) },
      unclosable: { total: 1, items: [{ restsUntil: '2026-11-09T00:00:00.000Z' }] },
    });
  });
});

describe('the NDJSON of a report', () => {
  it('has one row on each line', () => {
    const lines = renderNdjson(reportOf('reason', ['closed', 'kept'])).split('\n');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ key: 'stale', closed: 1, kept: 1 });
    expect(lines[1]).toBe('');
  });

  it('says of each day whether a sweep ran', () => {
    const days = renderNdjson(reportOf('day', ['closed']))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(days).toMatchObject([
      { key: '2026-11-01', closed: 1, ran: true },
      { key: '2026-11-02', closed: 0, ran: false },
    ]);
  });

  it('keeps a text that could steer a terminal as an escape, and whole', () => {
    const origin = 'csv:\u009b2J\u202e.csv';
    const text = renderNdjson(reportOf('origin', ['closed'], { origin }));
    expect(text).not.toMatch(/[\p{Cf}\u0080-\u009f]/u);
    expect(JSON.parse(text).key).toBe(origin);
  });
});

describe('the CSV of a report', () => {
  it('has a header, CRLF line ends, one line a key, and numbers that stay numbers', () => {
    expect(renderCsv(reportOf('run', ['closed', 'failed']), { bom: false })).toBe(
      `key,${OUTCOMES.join(',')}\r\n7,1,0,0,0,0,0,1,0,0\r\n`,
    );
  });

  it('by day says whether a sweep ran, and may begin with a byte order mark', () => {
    expect(renderCsv(reportOf('day', ['kept']), { bom: true })).toBe(
      `\ufeffkey,${OUTCOMES.join(',')},ran\r\n2026-11-01,0,0,0,1,0,0,0,0,0,true\r\n2026-11-02,0,0,0,0,0,0,0,0,0,false\r\n`,
    );
  });

  it.each(['=1+1', '+1', '-1', '@x', '\tx', '\rx'])('keeps a spreadsheet from running %j', (cell) => {
    expect(parse(toCsv(['a'], [[cell]]), { record_delimiter: '\r\n' })).toEqual([['a'], [`'${cell}`]]);
  });

  it('gives back every other value as it was', () => {
    const values = ['plain', 'a,b', 'say "hi"', 'two\nlines', ' blank ', 'a=b'];
    expect(parse(toCsv(values, [values]), { record_delimiter: '\r\n' })).toEqual([values, values]);
    expect(toCsv(['a', 'b'], [[-5, null]])).toBe('a,b\r\n-5,\r\n');
  });
});

describe('the table of a report', () => {
  const text = (report: Report) => renderTable(report, { color: false });

  it('has the figures first, then only the columns that occurred, and totals', () => {
    expect(text(reportOf('day', ['closed', 'kept', 'kept'], { reason: 'parked' }))).toBe(
      [
        'Outcomes by day, 2026-11-01 00:00 to 2026-11-03 00:00 (UTC)',
        '',
        '  closed                1  the record does not reach back over the period before',
        '  success         100.0 %  0 failed, 0 unconfirmed',
        '  already closed        0  had ended before, by themselves or an earlier close',
        '  kept                  2  2 parked',
        '  reopened              0',
        '  nights           1 of 2  missing: 2026-11-02',
        '  due now               0  0 on hold, 0 resting, 0 requested',
        '  requests              0  0.0 a close',
        '',
        'day         closed  kept',
        '2026-11-01       1     2',
        '2026-11-02       0     0  no sweep',
        'all              1     2',
        '',
        'A conversation that is kept every night counts every night.',
        '',
      ].join('\n'),
    );
  });

  it('does not call a day that is not over a day without a sweep', () => {
    const now = at('2026-11-02T01:00:00Z');
    const record = recordedRuns([sweep(1, '2026-11-01T02:15:00Z')]);
    const report = figures(
      { ...record, outcomes: [row('2026-11-01T02:20:00Z')] },
      { ...TWO_DAYS, now, until: now },
    );
    expect(text(report)).toMatch(/^2026-11-02 +0 {2}no sweep yet$/m);
  });

  it('says nothing of a day before the first sweep on record, when none was expected', () => {
    const now = at('2026-11-02T12:00:00Z');
    const record = {
      ...recordedRuns([sweep(1, '2026-11-02T02:15:00Z')]),
      outcomes: [row('2026-11-02T02:20:00Z')],
    };
    expect(text(figures(record, { ...TWO_DAYS, now }))).not.toContain('no sweep');
  });

  it('by outcome is one column of numbers', () => {
    expect(text(reportOf('outcome', ['closed', 'kept', 'kept']))).toContain(
      [
        '',
        'outcome  conversations',
        'closed               1',
        'kept                 2',
        'all                  3',
        '',
      ].join('\n'),
    );
  });

  it('fits 80 columns, whatever there is to say', () => {
    const usual: OutcomeKind[] = ['closed', 'already_closed', 'not_found', 'kept', 'failed'];
    const queueId = '0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f';
    for (const report of [reportOf('queue', usual, { queueId }), full('day'), full('reason')]) {
      const lines = text(report).split('\n');
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    }
    expect(text(reportOf('queue', usual, { queueId }))).toContain(queueId);
  });

  it('gives names of queues a line of their own where the columns leave no room', () => {
    const many: OutcomeKind[] = ['closed', 'already_closed', 'not_found', 'kept', 'unconfirmed', 'failed'];
    const queueId = '0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f';
    for (const color of [false, true]) {
      const shown = stripVTControlCharacters(renderTable(reportOf('queue', many, { queueId }), { color }));
      expect(shown.split('\n').filter((line) => line.length > 80)).toEqual([]);
      expect(shown).toMatch(
        /\n {3}closed +already +not +kept +unconfirmed +failed\n +closed +found\n0a1b\S+\n +1 +1 +1 +1 +1 +1\nall\n +1 +1/,
      );
    }
  });

  it('says what somebody should look at, ten of each, alike ones together', () => {
    const shown = text(full());
    expect(shown).toContain('Failed or unconfirmed, those not settled first (12)');
    expect(shown.match(/^ {2}failed \(inspect, 503\)$/gm), 'said once').toHaveLength(1);
    expect(shown).toContain('\n  and 2 more; --format json has up to 1000\n');
    expect(shown).toContain('2026-11-02 02:20, 2 times, session web-0, correlation id cor-0');
    expect(shown).toContain('Could not be closed three nights running: report to Genesys (1)');
    expect(shown).toMatch(/rests until 2026-11-09 00:00, session web-9, correlation\n +id cor-9/);
    expect(shown).toContain('Reopened after the close (1)');
    expect(shown).toContain('closed 2026-11-01 02:20 (stale), seen active 2026-11-02 02:15');
    expect(shown).toContain('Before 2026-11-01 02:00 only sums are kept');
  });

  it('says the figures in words', () => {
    const shown = text(full()).replaceAll(/\s+/g, ' ');
    for (const words of [
      'closed 3 1 fewer than in the 3d before (4)',
      'reopened 1 33.3 % of 3 closes came back to life',
      'nights 2 of 3 missing: 2026-11-03; 1 did not end in good order',
      'due now 12 the oldest silent for 1d 2h; 3 on hold, 1 resting, 2 requested',
      'backlog 101 → 102 due at the start of the first and of the last full sweep; left at their ends 1 → 2',
      'idle at close 2d median; 90 % up to 2d, the longest 2d; 3 2-3d',
      'requests 40 13.3 a close, 1 rate limited, 5 more by dry runs',
      'agent slots 1 freed while an agent was connected; in all from 24 h, had the next night due ended them, to 46 h, had nothing ended them in this time',
    ]) {
      expect(shown).toContain(words);
    }
  });

  it('says so in words when there is nothing', () => {
    expect(text(reportOf('day', []))).toContain('Nothing was decided in this time.');
    expect(text(figures(recordedRuns([]), QUESTION))).toMatch(/nights +none +no full sweep has run yet/);
  });

  it('is coloured only when asked, and shows what could steer a terminal', () => {
    const report = reportOf('origin', ['closed'], { origin: 'csv:\x1b[2J.csv#1' });
    const plain = text(report);
    expect(plain).not.toContain('\x1b');
    expect(plain).toContain('csv:\\u{001b}[2J.csv');
    expect(renderTable(report, { color: true })).toContain('\x1b[1m');
  });

  it('has the same words with colours as without', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: our own styles
    expect(renderTable(full(), { color: true }).replace(/\x1b\[\d+m/g, '')).toBe(text(full()));
  });
});

describe('every format', () => {
  it.each(FORMATS)('%s gives equal bytes for equal input, and a line end', async (format) => {
    const options = { color: false, bom: false };
    const bytes = await render(full(), format, options);
    expect(await render(full(), format, options)).toBe(bytes);
    expect(bytes.endsWith('\n')).toBe(true);
    expect(bytes).not.toMatch(/undefined|NaN|\[object|\u00a0/);
  });

  it.each(FORMATS)('%s can say that there is nothing', async (format) => {
    const nothing = figures(recordedRuns([]), { ...QUESTION, by: 'run', until: QUESTION.since + DAY });
    expect(await render(nothing, format, { color: false, bom: false })).not.toMatch(/undefined|NaN/);
  });
});
