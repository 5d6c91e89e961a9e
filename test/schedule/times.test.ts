import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, type Instant, MINUTE, SECOND, toIso } from '../../src/domain/time.ts';
import { calendarOf } from '../../src/report/calendar.ts';
import { readCron } from '../../src/schedule/cron.ts';
import { createTimes, gapsOf, remembered, type Times } from '../../src/schedule/times.ts';

function timesOf(text: string, timeZone: string): Times {
  const read = readCron(text);
  if (!read.ok) throw new Error(read.hint);
  return createTimes(read.value, timeZone);
}

/** The first ones after this moment, in UTC, to the minute. */
function listed(text: string, timeZone: string, from: string, count: number): string[] {
  const times = timesOf(text, timeZone);
  const found: string[] = [];
  for (let at = times.next(Date.parse(from)); found.length < count; at = times.next(at)) {
    found.push(toIso(at).slice(0, 16));
  }
  return found;
}

const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';
const LORD_HOWE = 'Australia/Lord_Howe';

describe('a time of the day that is missing in spring is due when the clocks have gone forward', () => {
  it.each([
    // 02:00 → 03:00, which is 01:00 UTC.
    ['30 2 * * *', BERLIN, '2026-03-28T00:00Z', ['2026-03-28T01:30', '2026-03-29T01:00', '2026-03-30T00:30']],
    ['0 2 * * *', BERLIN, '2026-03-28T12:00Z', ['2026-03-29T01:00', '2026-03-30T00:00']],
    [
      '*/30 2 * * *',
      BERLIN,
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00', '2026-03-30T00:00', '2026-03-30T00:30'],
    ],
    ['0 3 * * *', BERLIN, '2026-03-28T12:00Z', ['2026-03-29T01:00', '2026-03-30T01:00']],
    ['30 1 * * *', BERLIN, '2026-03-28T12:00Z', ['2026-03-29T00:30', '2026-03-29T23:30']],
    // 02:00 → 03:00, which is 07:00 UTC.
    ['15 2 * * *', NEW_YORK, '2026-03-07T12:00Z', ['2026-03-08T07:00', '2026-03-09T06:15']],
    // 02:00 → 02:30, which is 15:30 UTC of the day before.
    ['15 2 * * *', LORD_HOWE, '2026-10-02T16:00Z', ['2026-10-03T15:30', '2026-10-04T15:15']],
    ['30 2 * * *', LORD_HOWE, '2026-10-02T17:00Z', ['2026-10-03T15:30', '2026-10-04T15:30']],
  ])('%s in %s after %s', (text, zone, from, expected) => {
    expect(listed(text, zone, from, expected.length)).toEqual(expected);
  });
});

describe('a time of the day that comes twice in autumn is due the first time only', () => {
  it.each([
    // 03:00 → 02:00, which is 01:00 UTC.
    ['30 2 * * *', BERLIN, '2026-10-24T12:00Z', ['2026-10-25T00:30', '2026-10-26T01:30']],
    [
      '*/30 2 * * *',
      BERLIN,
      '2026-10-24T12:00Z',
      ['2026-10-25T00:00', '2026-10-25T00:30', '2026-10-26T01:00'],
    ],
    ['30 2 * * *', BERLIN, '2026-10-25T00:30Z', ['2026-10-26T01:30']],
    ['0 3 * * *', BERLIN, '2026-10-24T12:00Z', ['2026-10-25T02:00', '2026-10-26T02:00']],
    // 02:00 → 01:00, which is 06:00 UTC.
    ['30 1 * * *', NEW_YORK, '2026-10-31T12:00Z', ['2026-11-01T05:30', '2026-11-02T06:30']],
    // 02:00 → 01:30, which is 15:00 UTC of the day before.
    ['45 1 * * *', LORD_HOWE, '2026-04-03T16:00Z', ['2026-04-04T14:45', '2026-04-05T15:15']],
    ['15 2 * * *', LORD_HOWE, '2026-04-03T16:00Z', ['2026-04-04T15:45', '2026-04-05T15:45']],
  ])('%s in %s after %s', (text, zone, from, expected) => {
    expect(listed(text, zone, from, expected.length)).toEqual(expected);
  });
});

describe('a rhythm through the day goes on as if the clocks were not changed', () => {
  it.each([
    ['0 * * * *', BERLIN, '2026-03-29T00:30Z', ['2026-03-29T01:00', '2026-03-29T02:00']],
    [
      '*/30 * * * *',
      BERLIN,
      '2026-10-25T00:15Z',
      ['2026-10-25T00:30', '2026-10-25T01:00', '2026-10-25T01:30'],
    ],
  ])('%s in %s after %s', (text, zone, from, expected) => {
    expect(listed(text, zone, from, expected.length)).toEqual(expected);
  });
});

describe('times that are remembered', () => {
  it('are the same, in whatever order they are asked for, and found once', () => {
    const texts = fc.constantFrom('0 2 * * *', '0 * * * *', '*/5 3 * * MON-FRI', '0 2 29 2 *');
    const moments = fc.array(fc.integer({ min: 0, max: 60 * 24 * 60 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(texts, moments, (text, asked) => {
        const times = timesOf(text, BERLIN);
        const next = remembered(times.next);
        for (const n of asked) {
          const after = YEAR_BEGINS + n * MINUTE;
          const found = next(after);
          expect([found, next(found)]).toEqual([times.next(after), times.next(times.next(after))]);
        }
      }),
      { numRuns: 30 },
    );
    let found = 0;
    const { next } = timesOf('0 * * * *', BERLIN);
    const known = remembered((after) => {
      found++;
      return next(after);
    });
    const walk = () => {
      let at = known(YEAR_BEGINS - MINUTE);
      while (at < YEAR_BEGINS + DAY) at = known(at);
    };
    walk();
    const before = found;
    walk();
    expect(found - before, 'the first is asked for again').toBe(1);
  });
});

const ZONES = [
  'UTC',
  BERLIN,
  NEW_YORK,
  LORD_HOWE,
  // The clocks change at midnight there, so that a day may have no first hour, or two last ones.
  'America/Santiago',
  'Asia/Beirut',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'Pacific/Chatham',
];
const minute = fc.integer({ min: 0, max: 59 });
const hour = fc.integer({ min: 0, max: 23 });
const zone = fc.constantFrom(...ZONES);
const YEAR_BEGINS = Date.UTC(2026, 0, 1);

describe('the two fields for days', () => {
  it.each([
    // A * of either kind restricts the other: the odd days that are Mondays, the 13th where it is a Sunday or a Friday.
    ['0 2 */1 * MON', ['01-05', '01-12', '01-19']],
    ['0 2 */2 * MON', ['01-05', '01-19', '02-09']],
    ['0 2 13 * */5', ['02-13', '03-13', '09-13']],
    ['0 2 29 2 */7', ['2032-02-29', '2060-02-29']],
    // Without one either will do.
    ['0 2 13 * MON', ['01-05', '01-12', '01-13']],
    ['0 2 30 2 MON', ['02-02', '02-09', '02-16']],
    ['0 2 1-31 * MON', ['01-01', '01-02', '01-03']],
  ])('%s: %j', (text, days) => {
    const expected = days.map((day) => `${day.length > 5 ? day : `2026-${day}`}T02:00`);
    expect(listed(text, 'UTC', '2026-01-01T00:00Z', days.length)).toEqual(expected);
  });

  const days = fc.constantFrom('*', '*/1', '*/2', '*/31', '13', '1-7', '5,29', '31');
  const weekdays = fc.constantFrom('*', '*/1', '*/3', 'MON', '0,6', '1-5', '7');

  it('are read as cron does', () => {
    fc.assert(
      fc.property(days, weekdays, (ofMonth, ofWeek) => {
        const isBoth = ofMonth.startsWith('*') || ofWeek.startsWith('*');
        const due = daysFrom('2026-01-01', 365).filter((day) => {
          const date = new Date(day);
          const byMonth = isIn(ofMonth, 1, 31, date.getUTCDate());
          const names = date.getUTCDay() === 0 ? [0, 7] : [date.getUTCDay()];
          const byWeek = names.some((n) => isIn(ofWeek, 0, 7, n));
          return isBoth ? byMonth && byWeek : byMonth || byWeek;
        });
        const times = timesOf(`0 12 ${ofMonth} * ${ofWeek}`, 'UTC');
        const found: string[] = [];
        for (let at = times.next(YEAR_BEGINS); at < YEAR_BEGINS + 365 * DAY; at = times.next(at)) {
          found.push(toIso(at).slice(0, 10));
        }
        expect(found).toEqual(due);
        if (due.length > 0)
          expect(toIso(times.latest(YEAR_BEGINS + 365 * DAY)).slice(0, 10)).toBe(due.at(-1));
      }),
    );
  });
});

/** Whether a field that is numbers, ranges, lists and steps of `*` has this number. */
function isIn(field: string, min: number, max: number, n: number): boolean {
  return field
    .replace('MON', '1')
    .split(',')
    .some((item) => {
      const [range = '', step = '1'] = item.split('/');
      const [from = 0, to = from] = range === '*' ? [min, max] : range.split('-').map(Number);
      return n >= from && n <= to && (n - from) % Number(step) === 0;
    });
}

describe('through a year', () => {
  it('a time of the day comes exactly once on every local day', () => {
    fc.assert(
      fc.property(minute, hour, zone, (m, h, timeZone) => {
        const times = timesOf(`${m} ${h} * * *`, timeZone);
        const { day } = calendarOf(timeZone);
        const days: string[] = [];
        for (let at = times.next(YEAR_BEGINS); days.length < 366; at = times.next(at)) days.push(day(at));
        expect(days).toEqual(daysFrom(days[0] ?? '', days.length));
      }),
      { numRuns: 15 },
    );
  });

  it('several times of the day come once a local minute, one after the other', () => {
    const hours = fc.uniqueArray(fc.oneof(hour, fc.integer({ min: 0, max: 3 })), {
      minLength: 2,
      maxLength: 5,
    });
    const minutes = fc.uniqueArray(minute, { minLength: 1, maxLength: 3 });
    // Shortly before the changes in these zones; so many steps are eight days at least.
    const begin = fc.constantFrom('03-05', '03-26', '04-02', '10-01', '10-22', '10-29');
    fc.assert(
      fc.property(minutes, hours, zone, begin, (ms, hs, timeZone, from) => {
        const times = timesOf(`${ms} ${hs} * * *`, timeZone);
        const calendar = calendarOf(timeZone);
        const seen = new Set<string>();
        let before = times.next(Date.parse(`2026-${from}T00:00Z`));
        for (let n = 0; n < 120; n++) {
          const at = times.next(before);
          expect(at).toBeGreaterThan(before);
          const named = calendar.minute(at);
          expect(seen.has(named)).toBe(false);
          seen.add(named);
          before = at;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('the next one is after, the latest is not, and nothing is between them, whatever the millisecond', () => {
    const expression = fc.constantFrom(
      '30 2 * * *',
      '*/7 * * * *',
      '0 2 * * 1-5',
      '15 1,2 1 * *',
      '0 */6 * * *',
    );
    // Around the changes in all these zones, and at any time.
    const around = fc.tuple(
      fc.constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'),
      fc.integer({ min: -DAY, max: DAY }),
    );
    const moment = fc.oneof(
      around.map(([date, off]) => Date.parse(date) + off),
      fc.integer({ min: YEAR_BEGINS, max: YEAR_BEGINS + 366 * DAY }),
    );
    fc.assert(
      fc.property(expression, zone, moment, (text, timeZone, at: Instant) => {
        const times = timesOf(text, timeZone);
        const latest = times.latest(at);
        const next = times.next(at);
        expect(latest).toBeLessThanOrEqual(at);
        expect(next).toBeGreaterThan(at);
        expect(times.next(latest)).toBe(next);
        expect(times.latest(next)).toBe(next);
        expect(times.latest(next - 1)).toBe(latest);
      }),
      { numRuns: 300 },
    );
  });
});

describe('how far nights are apart', () => {
  const YEAR_2026 = Date.UTC(2026, 0, 1);
  it.each([
    ['30 2 * * *', 'UTC', DAY, DAY],
    ['30 2 * * *', BERLIN, 23.5 * HOUR, 25 * HOUR],
    ['0 2 * * 1-5', 'UTC', DAY, 3 * DAY],
    ['*/5 * * * *', 'UTC', 5 * MINUTE, 5 * MINUTE],
    ['30 2,3 * * *', BERLIN, 30 * MINUTE, 23 * HOUR],
  ])('%s in %s', (text, timeZone, shortestMs, longestMs) => {
    expect(gapsOf(timesOf(text, timeZone), YEAR_2026)).toEqual({ shortestMs, longestMs });
  });

  it('of one that comes in leap years only is seen too', () => {
    const { shortestMs } = gapsOf(timesOf('0 2 29 2 *', 'UTC'), YEAR_2026);
    expect(shortestMs).toBe((4 * 365 + 1) * DAY);
  });
});

function daysFrom(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => toIso(Date.parse(first) + n * DAY + SECOND).slice(0, 10));
}
