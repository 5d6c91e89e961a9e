import { describe, expect, it } from 'vitest';
import { DAY, HOUR, toIso } from '../../src/domain/time.ts';
import { figures } from '../../src/report/figures.ts';
import type { FullSweep } from '../../src/report/ports.ts';
import type { Nights } from '../../src/report/report.ts';
import { every } from '../helpers/expected.ts';
import { at, QUESTION, recordedRuns, sweep } from './make.ts';

/** The nights of 1 to 10 November, looked at on the morning of the 11th. */
const TEN_DAYS = {
  ...QUESTION,
  since: at('2026-11-01T00:00:00Z'),
  until: at('2026-11-11T00:00:00Z'),
  now: at('2026-11-11T00:00:00Z'),
};

function nights(sweeps: readonly FullSweep[], question: Partial<typeof TEN_DAYS> = {}): Nights {
  const found = figures(recordedRuns(sweeps), { ...TEN_DAYS, ...question }).nights;
  if (found === null) throw new Error('no nights');
  return found;
}

const on = (...times: string[]) => times.map((time, i) => sweep(i + 1, `2026-11-${time}:00Z`));
const told = ({ due, run, missing }: Nights) => [due, run, missing.items.map(({ day }) => day)];

describe('the nights that were due', () => {
  it.each<[string, string[], unknown]>([
    ['every one ran', ['01T02:15', '02T02:15', '03T02:16', '04T02:14'], [4, 4, []]],
    ['one is missing', ['01T02:15', '02T02:15', '04T02:15'], [4, 3, ['2026-11-03']]],
    ['two are missing in a row', ['01T02:15', '04T02:15'], [4, 2, ['2026-11-02', '2026-11-03']]],
    ['a second sweep in the afternoon is none of its own', ['01T02:15', '01T16:00', '02T02:15'], [2, 2, []]],
    ['nor is one just after', ['01T02:15', '01T02:40', '02T02:15'], [2, 2, []]],
    ['a night that was made up for by noon was not missed', ['01T02:15', '02T11:00', '03T02:15'], [3, 3, []]],
    ['nor one that was made up for late at night', ['01T02:15', '02T21:00', '03T02:15'], [3, 3, []]],
    ['late at night and no more since', ['01T02:15', '02T21:00'], [2, 2, []]],
    ['the job moved to an earlier hour', ['01T02:15', '01T23:00', '02T23:00'], [3, 3, []]],
    ['the job moved to a later hour', ['01T02:15', '02T13:30', '03T13:30'], [3, 3, []]],
  ])('%s', (_, times, expected) => {
    const last = at(`2026-11-${times.at(-1)}:00Z`);
    expect(told(nights(on(...times), { now: last + HOUR, until: last + HOUR }))).toEqual(expected);
  });

  it('are not missing before they are late by a quarter of their distance', () => {
    const until = (time: string) => ({ until: at(time), now: at(time) });
    const sweeps = on('01T02:00', '02T02:00');
    expect(told(nights(sweeps, until('2026-11-03T07:59:59Z')))).toEqual([2, 2, []]);
    expect(told(nights(sweeps, until('2026-11-03T08:00:00Z')))).toEqual([3, 2, ['2026-11-03']]);
  });

  it('that lie in the future are not due, however far the period reaches', () => {
    const now = at('2026-11-02T10:00:00Z');
    expect(told(nights(on('01T02:15', '02T02:15'), { now }))).toEqual([2, 2, []]);
  });

  it('begin with the first full sweep on record', () => {
    const found = nights(on('08T02:15', '09T02:15', '10T02:15'));
    expect(told(found)).toEqual([3, 3, []]);
    expect(found.firstRunAt).toBe(at('2026-11-08T02:15:00Z'));
  });

  it('go on from the last sweep before the period', () => {
    const before = sweep(1, '2026-10-29T02:15:00Z');
    const until = at('2026-11-02T12:00:00Z');
    const found = nights([before, sweep(2, '2026-11-02T02:15:00Z')], { until, now: until });
    expect(told(found), 'the 30th and 31st are no nights of this period').toEqual([2, 1, ['2026-11-01']]);
    expect(found.missing.items[0]?.dueAt).toBe(at('2026-11-01T02:15:00Z'));
  });

  it('are none where nothing has ever run', () => {
    expect(nights([])).toEqual({
      expectedEveryMs: DAY,
      due: 0,
      run: 0,
      incomplete: 0,
      missing: { total: 0, items: [] },
      days: null,
      firstRunAt: null,
    });
  });

  it('are not spoken of where none is expected', () => {
    const question = { ...TEN_DAYS, expected: null };
    expect(figures(recordedRuns(on('01T02:15')), question).nights).toBeNull();
  });

  it('may be late by any time of the day, but not on another day', () => {
    const until = at('2026-11-03T12:00:00Z');
    const late = on('01T02:15', '02T23:59');
    expect(told(nights(late, { until, now: until }))).toEqual([2, 2, []]);
    const later = on('01T02:15', '03T00:30');
    expect(told(nights(later, { until, now: until }))).toEqual([3, 2, ['2026-11-02']]);
  });

  it('may be due every hour or every week', () => {
    const hourly = [0, 1, 2, 5, 6].map((hour) => `01T0${hour}:05`);
    const soon = at('2026-11-01T06:30:00Z');
    const found = nights(on(...hourly), { expected: every(HOUR), until: soon, now: soon });
    expect([found.due, found.run]).toEqual([7, 5]);
    expect(found.missing.items.map(({ dueAt }) => toIso(dueAt))).toEqual([
      '2026-11-01T03:05:00.000Z',
      '2026-11-01T04:05:00.000Z',
    ]);
    expect(told(nights(on('01T02:15', '08T02:15'), { expected: every(7 * DAY) }))).toEqual([2, 2, []]);
  });

  it('tell those that did not end in good order', () => {
    const codes = [0, 3, 6, 4, 5, 8, 130, null];
    const sweeps = codes.map((exitCode, i) => sweep(i + 1, `2026-11-0${i + 1}T02:15:00Z`, { exitCode }));
    const until = at('2026-11-08T04:00:00Z');
    expect(nights(sweeps, { until, now: until })).toMatchObject({ due: 8, run: 8, incomplete: 5 });
  });

  it.each([
    ['spring', '2026-03', ['28T01:15', '29T00:15', '30T00:15']],
    ['autumn', '2026-10', ['24T00:15', '25T00:15', '26T01:15']],
  ])('at 02:15 by the clock are all there over the change of %s', (_, month, times) => {
    const sweeps = times.map((time, i) => sweep(i + 1, `${month}-${time}:00Z`));
    const until = at(`${month}-${times[2]}:00Z`) + HOUR;
    const question = { since: until - 4 * DAY, until, now: until, timeZone: 'Europe/Berlin' };
    expect(told(nights(sweeps, question))).toEqual([3, 3, []]);
    const [first, , third] = sweeps as [FullSweep, FullSweep, FullSweep];
    const day = `${month}-${times[1]?.slice(0, 2)}`;
    expect(told(nights([first, third], question)), 'named by its local day').toEqual([3, 2, [day]]);
  });

  it('that are missing are all counted, and a thousand are named', () => {
    const until = at('2030-11-01T00:00:00Z');
    const { due, missing } = nights(on('01T02:15'), { until, now: until });
    expect([due, missing.total, missing.items.length]).toEqual([1461, 1460, 1_000]);
  });
});
