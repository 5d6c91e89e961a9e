import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { OUTCOMES, type OutcomeKind } from '../../src/domain/outcome.ts';
import { figures, type Grouping, type Report } from '../../src/report/figures.ts';
import { renderCsv, toCsv } from '../../src/report/formats/csv.ts';
import { renderJson } from '../../src/report/formats/json.ts';
import { renderTable } from '../../src/report/formats/table.ts';

const since = Date.parse('2026-11-01T00:00:00Z');
const until = Date.parse('2026-11-03T00:00:00Z');

function reportOf(by: Grouping, outcomes: readonly OutcomeKind[], changes: object = {}): Report {
  const rows = outcomes.map((outcome) => ({
    runId: 7,
    outcome,
    reason: 'stale',
    origin: 'schedule',
    queueId: null,
    decidedAt: since,
    ...changes,
  }));
  return figures(rows, { since, until, timeZone: 'UTC', by });
}

describe('the JSON of a report', () => {
  it('is the public shape', () => {
    const zeros = {
      closed: 0,
      already_closed: 0,
      not_found: 0,
      kept: 0,
      would_close: 0,
      unconfirmed: 0,
      failed: 0,
      expired: 0,
      not_attempted: 0,
    };
    expect(renderJson(reportOf('day', ['closed', 'kept', 'kept']))).toBe(
      `${JSON.stringify(
        {
          since: '2026-11-01T00:00:00.000Z',
          until: '2026-11-03T00:00:00.000Z',
          timeZone: 'UTC',
          by: 'day',
          totals: { ...zeros, closed: 1, kept: 2 },
          rows: [
            { key: '2026-11-01', ...zeros, closed: 1, kept: 2 },
            { key: '2026-11-02', ...zeros },
          ],
        },
        null,
        2,
      )}\n`,
    );
  });
});

describe('the CSV of a report', () => {
  it('has a header, CRLF line ends, one line a key, and numbers that stay numbers', () => {
    expect(renderCsv(reportOf('run', ['closed', 'failed']))).toBe(
      `key,${OUTCOMES.join(',')}\r\n7,1,0,0,0,0,0,1,0,0\r\n`,
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
  it('has a title, only the columns that occurred, and totals', () => {
    expect(renderTable(reportOf('day', ['closed', 'kept', 'kept']), { color: false })).toBe(
      [
        'Outcomes by day, 2026-11-01 00:00 to 2026-11-03 00:00 (UTC)',
        '',
        'day         closed  kept',
        '2026-11-01       1     2',
        '2026-11-02       0     0',
        'all              1     2',
        '',
        'A conversation that is kept every night counts every night.',
        '',
      ].join('\n'),
    );
  });

  it('by outcome is one column of numbers', () => {
    const lines = renderTable(reportOf('outcome', ['closed', 'kept', 'kept']), { color: false }).split('\n');
    expect(lines.slice(2)).toEqual([
      'outcome  conversations',
      'closed               1',
      'kept                 2',
      'all                  3',
      '',
      'A conversation that is kept every night counts every night.',
      '',
    ]);
  });

  it('fits 80 columns with queues and five outcomes', () => {
    const usual: OutcomeKind[] = ['closed', 'already_closed', 'not_found', 'kept', 'failed'];
    const queueId = '0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f';
    const lines = renderTable(reportOf('queue', usual, { queueId }), { color: false }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.join('\n')).toContain(queueId);
  });

  it('says so in words when there is nothing', () => {
    expect(renderTable(reportOf('day', []), { color: false })).toContain('Nothing was decided in this time.');
  });

  it('is coloured only when asked, and shows what could steer a terminal', () => {
    const report = reportOf('origin', ['closed'], { origin: 'csv:\x1b[2J.csv#1' });
    const plain = renderTable(report, { color: false });
    expect(plain).not.toContain('\x1b');
    expect(plain).toContain('csv:\\u{001b}[2J.csv');
    expect(renderTable(report, { color: true })).toContain('\x1b[1m');
  });
});
