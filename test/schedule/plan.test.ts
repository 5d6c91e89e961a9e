import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COUNTED } from '../../src/domain/expected.ts';
import { HOUR, type Instant, MINUTE, SECOND, toIso } from '../../src/domain/time.ts';
import { readCron } from '../../src/schedule/cron.ts';
import { planNights } from '../../src/schedule/plan.ts';
import { createTimes } from '../../src/schedule/times.ts';

function timesOf(text: string) {
  const read = readCron(text);
  if (!read.ok) throw new Error(read.hint);
  return createTimes(read.value, 'Europe/Berlin');
}

const at = (text: string): Instant => Date.parse(`2026-${text}Z`);
const shown = (instant: Instant) => toIso(instant).slice(5, 16);

/** 30 2 * * * in winter, so 01:30 UTC; half of the jitter is drawn. */
function planned(after: string, now: string, jitterMs = 0, lateMs = 0) {
  const parts = { times: timesOf('30 2 * * *'), jitterMs, random: () => 0.5 };
  const { passed, next } = planNights(parts, at(after), at(now), { lateMs });
  return {
    passed: passed && `${passed.nights} to ${shown(passed.lastDueAt)}`,
    next: `${shown(next.dueAt)} at ${shown(next.at)}`,
  };
}

describe('the plan', () => {
  it.each([
    ['02-10T01:30', '02-10T12:00', 0, null, '02-11T01:30 at 02-11T01:30'],
    ['02-10T01:30', '02-10T12:00', 40 * MINUTE, null, '02-11T01:30 at 02-11T01:50'],
    // A moment that is due has come, and one that is settled does not come again.
    ['02-09T01:30', '02-10T01:30', 0, '1 to 02-10T01:30', '02-11T01:30 at 02-11T01:30'],
    ['02-10T01:30', '02-10T01:30', 0, null, '02-11T01:30 at 02-11T01:30'],
    ['02-07T12:00', '02-10T12:00', 0, '3 to 02-10T01:30', '02-11T01:30 at 02-11T01:30'],
    // The time of a night is open until its jitter is used up.
    ['02-09T01:30', '02-10T01:30', 40 * MINUTE, null, '02-10T01:30 at 02-10T01:50'],
    ['02-09T01:30', '02-10T02:00', 40 * MINUTE, null, '02-10T01:30 at 02-10T02:05'],
    ['02-09T01:30', '02-10T02:10', 40 * MINUTE, '1 to 02-10T01:30', '02-11T01:30 at 02-11T01:50'],
    ['02-07T01:30', '02-10T02:00', 40 * MINUTE, '2 to 02-09T01:30', '02-10T01:30 at 02-10T02:05'],
    ['02-10T01:45', '02-10T02:00', 40 * MINUTE, null, '02-11T01:30 at 02-11T01:50'],
    // What is settled lies ahead: the clock was set back.
    ['02-10T01:30', '02-09T20:00', 0, null, '02-11T01:30 at 02-11T01:30'],
  ])(
    'with all settled until %s, at %s, jitter %i: passed %s, next %s',
    (after, now, jitterMs, passed, next) => {
      expect(planned(after, now, jitterMs)).toEqual({ passed, next });
    },
  );

  it.each([
    ['02-09T01:30', '02-10T01:30:00.000', 0, null, '02-10T01:30 at 02-10T01:30'],
    ['02-09T01:30', '02-10T01:34:59.999', 0, null, '02-10T01:30 at 02-10T01:34'],
    ['02-09T01:30', '02-10T01:35:00.000', 0, '1 to 02-10T01:30', '02-11T01:30 at 02-11T01:30'],
    // Its jitter is used up: at once. It is not, or is longer: within the rest.
    ['02-09T01:30', '02-10T01:33:00.000', 2 * MINUTE, null, '02-10T01:30 at 02-10T01:33'],
    ['02-09T01:30', '02-10T01:32:00.000', 4 * MINUTE, null, '02-10T01:30 at 02-10T01:33'],
    ['02-09T01:30', '02-10T02:00:00.000', 40 * MINUTE, null, '02-10T01:30 at 02-10T02:05'],
    ['02-09T01:30', '02-10T02:10:00.000', 40 * MINUTE, '1 to 02-10T01:30', '02-11T01:30 at 02-11T01:50'],
    // Only the latest is open, and none that is settled.
    ['02-07T01:30', '02-10T01:31:00.000', 0, '2 to 02-09T01:30', '02-10T01:30 at 02-10T01:31'],
    ['02-10T01:30', '02-10T01:31:00.000', 0, null, '02-11T01:30 at 02-11T01:30'],
    ['02-10T01:30:30', '02-10T01:31:00.000', 0, null, '02-11T01:30 at 02-11T01:30'],
  ])(
    'that is open for 5 min, with all settled until %s, at %s, jitter %i: passed %s, next %s',
    (after, now, jitterMs, passed, next) => {
      expect(planned(after, now, jitterMs, 5 * MINUTE)).toEqual({ passed, next });
    },
  );

  it('of a long time with very many nights is made without counting them all', () => {
    const parts = { times: timesOf('* * * * *'), jitterMs: 0, random: () => 0 };
    const { passed, next } = planNights(parts, at('01-01T00:00'), at('06-01T00:00'));
    expect(passed).toEqual({ nights: COUNTED, lastDueAt: at('06-01T00:00') });
    expect(next.dueAt).toBe(at('06-01T00:01'));
  });

  it('never begins a night before now, outside of its own time, or one that is settled', () => {
    const jitter = fc.integer({ min: 0, max: 23 * 60 }).map((minutes) => minutes * MINUTE);
    const moment = fc.integer({ min: at('03-20T00:00'), max: at('04-05T00:00') });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const late = fc.integer({ min: 0, max: 60 }).map((minutes) => minutes * MINUTE);
    const times = timesOf('30 2 * * *');
    fc.assert(
      fc.property(moment, moment, jitter, late, random, (after, now, jitterMs, lateMs, drawn) => {
        // Where the clocks change, two nights are 23.5 hours apart.
        const parts = { times, jitterMs, random: () => drawn };
        const { passed, next } = planNights(parts, after, now, { lateMs });
        const openMs = Math.max(jitterMs, lateMs);
        expect(next.dueAt).toBeGreaterThan(after);
        expect(next.at).toBeGreaterThanOrEqual(now);
        expect(next.at).toBeGreaterThanOrEqual(next.dueAt);
        expect(next.at).toBeLessThanOrEqual(Math.max(now, next.dueAt + jitterMs));
        expect(times.latest(next.dueAt)).toBe(next.dueAt);
        expect(next.dueAt > now || next.dueAt + openMs > now).toBe(true);
        if (passed === null) expect(times.next(after)).toBe(next.dueAt);
        else {
          expect(times.next(passed.lastDueAt)).toBe(next.dueAt);
          expect(passed.nights).toBe(countBetween(after, passed.lastDueAt));
        }
      }),
      { numRuns: 300 },
    );

    function countBetween(after: Instant, until: Instant): number {
      let count = 0;
      for (let due = times.next(after); due <= until; due = times.next(due)) count++;
      return count;
    }
  });

  it('draws the whole of the jitter, in seconds', () => {
    const parts = { times: timesOf('30 2 * * *'), jitterMs: HOUR };
    const drawn = [0, 0.25, 0.999_999].map((chance) => {
      const { next } = planNights({ ...parts, random: () => chance }, at('02-10T02:00'), at('02-10T02:00'));
      return (next.at - next.dueAt) / SECOND;
    });
    expect(drawn).toEqual([0, 900, 3_599]);
  });
});
