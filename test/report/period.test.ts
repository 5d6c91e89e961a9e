import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/domain/errors.ts';
import { toIso } from '../../src/domain/time.ts';
import { checkTimeZone, parsePeriod, startOfDay } from '../../src/report/period.ts';

const now = Date.parse('2026-11-10T03:00:00.000Z');

function period(since: string | undefined, until?: string, timeZone = 'Europe/Berlin') {
  const parsed = parsePeriod({ since, until, now, timeZone });
  return [toIso(parsed.since), toIso(parsed.until)];
}

describe('the period of a report', () => {
  it.each([
    [undefined, undefined, '2026-11-03T03:00:00.000Z', '2026-11-10T03:00:00.000Z'],
    ['7d', undefined, '2026-11-03T03:00:00.000Z', '2026-11-10T03:00:00.000Z'],
    ['2w', '24h', '2026-10-27T03:00:00.000Z', '2026-11-09T03:00:00.000Z'],
    ['90m', undefined, '2026-11-10T01:30:00.000Z', '2026-11-10T03:00:00.000Z'],
    ['2026-11-01', '2026-11-02', '2026-10-31T23:00:00.000Z', '2026-11-01T23:00:00.000Z'],
    ['2026-10-01', '2026-10-02', '2026-09-30T22:00:00.000Z', '2026-10-01T22:00:00.000Z'],
    [
      '2026-11-01T12:00:00+05:00',
      '2026-11-01T12:00Z',
      '2026-11-01T07:00:00.000Z',
      '2026-11-01T12:00:00.000Z',
    ],
  ])('from %s to %s', (since, until, from, to) => {
    expect(period(since, until)).toEqual([from, to]);
  });

  it.each([
    ['--since', 'yesterday', undefined],
    ['--since', '7', undefined],
    ['--since', '2026-02-30', undefined],
    ['--since', '2026-11-01T12:00', undefined],
    ['--since', '999999w', undefined],
    ['--since', '1969-12-31', undefined],
    ['--since', '', undefined],
    ['--until', '7d', '-1d'],
    ['--until', '7d', '2026-13-01'],
  ])('names %s when %j to %j cannot be read', (flag, since, until) => {
    expect(() => period(since, until)).toThrow(UsageError);
    expect(() => period(since, until)).toThrow(new RegExp(`^${flag} `));
  });

  it.each([
    ['1d', '2d'],
    ['1d', '1d'],
    ['2026-12-01', undefined],
  ])('is refused when it is empty: %s to %s', (since, until) => {
    expect(() => period(since, until)).toThrow(/not before --until/);
  });

  it('does not reach into years in which nothing can have been decided', () => {
    expect(period('1970-01-02', '2027-11-10')).toHaveLength(2);
    expect(() => period('1d', '2027-11-13')).toThrow(/more than a year ahead/);
    expect(() => period('1970-01-02', '9999-12-31')).toThrow(UsageError);
  });

  it('needs a time zone that exists', () => {
    expect(() => checkTimeZone('UTC')).not.toThrow();
    expect(() => period('7d', undefined, 'Europe/Atlantis')).toThrow(UsageError);
    expect(() => period('7d', undefined, 'Europe/Atlantis')).toThrow(/--time-zone "Europe\/Atlantis"/);
  });
});

describe('the first moment of a day', () => {
  it.each([
    ['an ordinary day west of UTC', '2026-11-10', 'America/New_York', '2026-11-10T05:00:00.000Z'],
    ['the day of a change', '2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
    ['the day after a change', '2026-10-26', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
    ['a day without 00:00', '2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['a day after a repeated 23:00', '2018-02-18', 'America/Sao_Paulo', '2018-02-18T03:00:00.000Z'],
    ['a day with two 00:00', '2026-11-01', 'America/Havana', '2026-11-01T04:00:00.000Z'],
    ['a day far east', '2026-11-10', 'Pacific/Kiritimati', '2026-11-09T10:00:00.000Z'],
  ])('of %s', (_, date, timeZone, expected) => {
    expect(toIso(startOfDay(date, timeZone))).toBe(expected);
  });
});
