import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expected } from '../../src/domain/expected.ts';
import { DAY, HOUR, type Instant, MINUTE, SECOND, toIso } from '../../src/domain/time.ts';
import { figures } from '../../src/report/figures.ts';
import type { FullSweep } from '../../src/report/ports.ts';
import type { Nights } from '../../src/report/report.ts';
import { gapsOf } from '../../src/schedule/times.ts';
import { byCron, timesOf } from '../helpers/expected.ts';
import { at, QUESTION, recordedRuns, sweep } from './make.ts';

/** 28 days, looked at when they are over. */
const SINCE = at('2026-11-02T00:00:00Z');
const UNTIL = SINCE + 28 * DAY;

function nights(sweeps: readonly FullSweep[], expected: Expected, changes: Partial<typeof QUESTION> = {}) {
  const question = { ...QUESTION, since: SINCE, until: UNTIL, now: UNTIL, expected, ...changes };
  const found = figures(recordedRuns(sweeps), question).nights;
  if (found === null) throw new Error('no nights');
  return found;
}

function dueTimes(cron: string, timeZone = 'UTC'): Instant[] {
  const { next } = timesOf(cron, timeZone);
  const found: Instant[] = [];
  for (let due = next(SINCE - 1_000); due < UNTIL; due = next(due)) found.push(due);
  return found;
}

const swept = (times: readonly Instant[], lastsMs = MINUTE) =>
  times.map((time, i) => sweep(i + 1, toIso(time), { finishedAt: time + lastsMs }));
const told = ({ due, run, missing }: Nights) => [due, run, missing.items.map(({ day }) => day.slice(5))];

describe('the nights of a schedule', () => {
  it.each<[string, string[], number, number]>([
    ['0 2 * * MON-FRI', [], 20, 20],
    ['0 2 * * MON-FRI', ['11-16'], 20, 19],
    ['0 2 * * MON-FRI', ['11-11', '11-18'], 20, 18],
    ['0 2,5 * * *', [], 56, 56],
    ['0 2 1,15 * *', [], 1, 1],
    ['30 2 * * *', ['11-03', '11-28', '11-29'], 28, 25],
  ])('%s without %j', (cron, skipped, due, run) => {
    const ran = dueTimes(cron).filter((time) => !skipped.includes(toIso(time).slice(5, 10)));
    expect(told(nights(swept(ran), byCron(cron)))).toEqual([due, run, skipped]);
  });

  const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 2 });
  const hours = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 3 });
  const cron = fc
    .tuple(minutes, hours, fc.constantFrom('*', '*/3', '1-20'), fc.constantFrom('*', 'MON-FRI', 'SUN,WED'))
    .map(([m, h, day, weekday]) => `${m.join(',')} ${h.join(',')} ${day} * ${weekday}`);
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu');

  it('have all run but those that were skipped, whatever the schedule and its jitter', () => {
    const share = fc.double({ min: 0, max: 0.99, noNaN: true });
    const skips = fc.infiniteStream(fc.boolean());
    fc.assert(
      fc.property(cron, zone, share, fc.infiniteStream(share), skips, (text, timeZone, most, drawn, skip) => {
        const due = dueTimes(text, timeZone);
        fc.pre(due.length > 0);
        const { shortestMs } = gapsOf(timesOf(text, timeZone), SINCE);
        // Within a minute of its sweep a night may still be going on.
        fc.pre(shortestMs > 2 * MINUTE);
        const jitterMs = Math.floor((most * Math.min(shortestMs - 2 * MINUTE, HOUR / 2)) / SECOND) * SECOND;
        // The first one on record is the first that was due, and the last one is that which was looked at last.
        const isSkipped = due.map((_, n) => n > 0 && n < due.length - 1 && skip.next().value === true);
        const ran = due.filter((_, n) => !isSkipped[n]);
        const begun = ran.map((time) => time + Math.floor(Number(drawn.next().value) * jitterMs));
        const now = (begun.at(-1) ?? 0) + SECOND;
        const looked = { timeZone, until: now, now };
        const found = nights(swept(begun, SECOND), byCron(text, jitterMs, timeZone), looked);
        expect(found.due).toBe(due.length);
        expect(found.run).toBe(ran.length);
        expect(found.missing.items.map(({ dueAt }) => dueAt)).toEqual(due.filter((_, n) => isSkipped[n]));
      }),
    );
  });

  it('are made up for by any sweep until the next is due, and by none after', () => {
    const weekly = byCron('0 2 * * SUN');
    const first = at('2026-11-08T02:00:00Z');
    const until = at('2026-11-22T12:00:00Z');
    const on = (time: string) => nights(swept([first, at(time)]), weekly, { until, now: until });
    expect(told(on('2026-11-17T18:00:00Z'))).toEqual([3, 2, ['11-22']]);
    expect(told(on('2026-11-22T02:10:00Z'))).toEqual([3, 2, ['11-15']]);
  });

  it('are not missing before their jitter and five minutes are over', () => {
    const ran = [at('2026-11-09T02:44:00Z')];
    const by = (now: Instant) => told(nights(swept(ran), byCron('0 2 * * *', HOUR), { until: now, now }));
    expect(by(at('2026-11-10T03:04:59Z'))).toEqual([1, 1, []]);
    expect(by(at('2026-11-10T03:05:00Z'))).toEqual([2, 1, ['11-10']]);
  });

  it('that were due while another was at work are neither due nor missing', () => {
    const began = at('2026-11-09T02:00:00Z');
    const now = began + 190 * MINUTE;
    const hourly = byCron('0 * * * *');
    const until = { until: now, now };
    const long = sweep(1, toIso(began), { finishedAt: began + 150 * MINUTE });
    expect(told(nights([long], hourly, until))).toEqual([2, 1, ['11-09']]);
    const open = sweep(1, toIso(began), { finishedAt: null, exitCode: null });
    expect(told(nights([open], hourly, { ...until, atWork: 1 })), 'it is still at work').toEqual([1, 1, []]);
    expect(nights([open], hourly, until).missing.total, 'it died').toBe(3);
    const found = sweep(1, toIso(began), { finishedAt: now, exitCode: null });
    expect(nights([found], hourly, until).missing.total, 'found dead').toBe(3);
  });

  it('are of the day on which they began, where their jitter goes past midnight', () => {
    const late = swept(['02', '04'].map((day) => at(`2026-11-${day}T00:10:00Z`)));
    const now = at('2026-11-04T06:00:00Z');
    expect(nights(late, byCron('50 23 * * *', HOUR), { until: now, now })).toMatchObject({
      ...{ due: 3, run: 2, missing: { items: [{ day: '2026-11-02' }] } },
      days: new Map([
        ['2026-11-02', 'missing'],
        ['2026-11-04', 'due'],
      ]),
    });
  });

  it('name the days of nights, and no others', () => {
    const ran = dueTimes('0 2 * * SUN').filter((time) => time !== at('2026-11-15T02:00:00Z'));
    expect(nights(swept(ran), byCron('0 2 * * SUN')).days).toEqual(
      new Map([
        ['2026-11-08', 'due'],
        ['2026-11-15', 'missing'],
        ['2026-11-22', 'due'],
        ['2026-11-29', 'due'],
        ['2026-12-06', 'due'],
      ]),
    );
  });
});
