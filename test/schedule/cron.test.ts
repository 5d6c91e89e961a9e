import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCron } from '../../src/schedule/cron.ts';
import { createTimes } from '../../src/schedule/times.ts';

const pattern = (text: string) => {
  const read = readCron(text);
  return read.ok ? read.value.pattern : read.hint;
};

const ODD = '1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31';
const FIVE = 'give five such as 30 2 * * * (minute, hour, day, month, weekday)';

describe('a cron expression', () => {
  it.each([
    ['30 2 * * *', '30 2 * * *'],
    ['  30   2 * *  * ', '30 2 * * *'],
    ['15,45 2,14 * * *', '15,45 2,14 * * *'],
    ['*/30 2 * * *', '0,30 2 * * *'],
    ['0 */6 * * *', '0 0,6,12,18 * * *'],
    ['0 1-7/3 * * *', '0 1,4,7 * * *'],
    ['0 2 * * mon-fri', '0 2 * * 1,2,3,4,5'],
    ['0 2 1 jan,jul *', '0 2 1 1,7 *'],
    ['0 2 * * 0', '0 2 * * 0'],
    ['0 2 * * 7', '0 2 * * 7'],
    ['0 2 29 2 *', '0 2 29 2 *'],
    ['0 2 30 2 MON', '0 2 30 2 1'],
    ['0 2 */2 * MON', `0 2 ${ODD} * +1`],
    ['0 2 13 * */2', '0 2 13 * +0,2,4,6'],
    ['0 2 */2 * *', `0 2 ${ODD} * *`],
  ])('%s has times of the day, each by itself: %s', (text, expected) => {
    expect(pattern(text)).toBe(expected);
  });

  it.each([
    ['* * * * *', '* * * * *'],
    ['*/15 * * * *', '0,15,30,45 * * * *'],
    ['5 0-23 * * *', '5 * * * *'],
    ['5 */1 * * *', '5 * * * *'],
  ])('%s is a rhythm through the whole day: %s', (text, expected) => {
    expect(pattern(text)).toBe(expected);
  });

  it.each([
    ['0 30 2 * * *', `it has 6 fields; there is none for seconds; ${FIVE}`],
    ['0 0 30 2 * * 2027', `it has 7 fields; ${FIVE}`],
    ['30 2 * *', `it has 4 fields; ${FIVE}`],
    ['nightly', `it has 1 field; ${FIVE}`],
    ['@daily', 'write it out: 0 0 * * *'],
    ['@Hourly', 'write it out: 0 * * * *'],
    ['60 2 * * *', 'the minute cannot be 60'],
    ['30 24 * * *', 'the hour cannot be 24'],
    ['30 2 0 * *', 'the day of the month cannot be 0'],
    ['30 2 * 13 *', 'the month cannot be 13'],
    ['30 2 * * 8', 'the day of the week cannot be 8'],
    ['30 2 * * MONDAY', 'the day of the week cannot be MONDAY; did you mean MON?'],
    ['30 2 * MON *', 'the month cannot be MON'],
    ['30 2 L * *', 'the day of the month cannot be L'],
    ['30 2 15W * *', 'the day of the month cannot be 15W'],
    ['30 2 ? * *', 'the day of the month cannot be ?'],
    ['30 2 * * 5#2', 'the day of the week cannot be 5#2'],
    ['30 2 * * +1', 'the day of the week cannot be +1'],
    ['30 22-2 * * *', 'the hour cannot go backwards from 22 to 2; write 22-23,0-2'],
    ['30 2-3-4 * * *', 'the hour cannot be 2-3-4'],
    ['30 2, * * *', 'the hour has nothing after its last comma'],
    ['5/10 * * * *', 'the minute cannot be 5/10; steps go with * or a range, as in */15'],
    ['*/0 * * * *', 'the minute cannot be */0; its step can be 1 to 60'],
    ['0-30/0 2 * * *', 'the minute cannot be 0-30/0; its step can be 1 to 31'],
    ['*/90 * * * *', 'the minute cannot be */90; its step can be 1 to 60'],
    ['0 */25 * * *', 'the hour cannot be */25; its step can be 1 to 24'],
    ['0 0 */32 * *', 'the day of the month cannot be */32; its step can be 1 to 31'],
    ['0 0 1-31/40 * *', 'the day of the month cannot be 1-31/40; its step can be 1 to 31'],
    ['0 0 * */13 *', 'the month cannot be */13; its step can be 1 to 12'],
    ['0 0 * * */8', 'the day of the week cannot be */8; its step can be 1 to 7'],
    ['0 0-4/10 * * *', 'the hour cannot be 0-4/10; its step can be 1 to 5'],
    ['*/999999999 * * * *', 'the minute cannot be */999999999; its step can be 1 to 60'],
    ['1,,2 * * * *', 'the minute has nothing between two commas'],
    [',2 * * * *', 'the minute has nothing before its first comma'],
    ['0 0 1 january *', 'the month cannot be JANUARY; did you mean JAN?'],
    ['0 0 * * monday-friday', 'the day of the week cannot be MONDAY-FRIDAY; did you mean MON-FRI?'],
    ['0 0 * * FRI-MON', 'the day of the week cannot go backwards from FRI to MON; write FRI-SAT,SUN-MON'],
    ['0 0 * * FRI-SUN', 'the day of the week cannot go backwards from FRI to SUN; write FRI-SAT,SUN'],
    ['0 0 * * 7-1', 'the day of the week cannot go backwards from 7 to 1; write 0-1'],
    ['0 0 * NOV-FEB *', 'the month cannot go backwards from NOV to FEB; write NOV-DEC,JAN-FEB'],
    ['30\u001b[2J 2 * * *', 'the minute cannot be that'],
    ['0 0 30 2 *', 'there is no such day in any year'],
    ['0 0 31 2,4,6,9,11 *', 'there is no such day in any year'],
    ['0 0 30 2 */1', 'there is no such day in any year'],
    ['0 0 30 2 */2', 'there is no such day in any year'],
  ])('%s is refused: %s', (text, hint) => {
    expect(readCron(text)).toEqual({ ok: false, hint });
  });

  // Built from all that a field is made of, good and bad, so that most are nearly right.
  const number = fc.oneof(
    fc.integer({ min: 0, max: 70 }).map(String),
    fc.constantFrom('MON', 'SUN', 'JAN', 'DEC', '*'),
  );
  const range = fc.oneof(
    { weight: 2, arbitrary: fc.constant('*') },
    { weight: 2, arbitrary: number },
    { weight: 1, arbitrary: fc.tuple(number, number).map((ends) => ends.join('-')) },
  );
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    fc.integer({ min: 0, max: 99 }).map((n) => `/${n}`),
  );
  const item = fc.tuple(range, step).map((parts) => parts.join(''));
  const field = fc.array(item, { minLength: 1, maxLength: 2 }).map((items) => items.join(','));
  const anyText = fc.tuple(field, field, field, field, field).map((fields) => fields.join(' '));

  it('that is accepted has times, forwards and backwards', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyText, (text) => {
        const read = readCron(text);
        fc.pre(read.ok);
        accepted++;
        const times = createTimes(read.value, 'Europe/Berlin');
        const now = Date.parse('2026-11-28T12:00Z');
        expect(times.next(times.next(now))).toBeGreaterThan(times.latest(now));
      }),
      { numRuns: 300, maxSkipsPerRun: 500 },
    );
    expect(accepted).toBeGreaterThanOrEqual(300);
  });

  it.each(['*/59 * * * *', '*/60 */24 */31 */12 */7', '0 0 29 2 */7', '0 0 31 12 *', '0 0 */31 2-3 *'])(
    '%s has times too',
    (text) => {
      const read = readCron(text);
      if (!read.ok) throw new Error(read.hint);
      const times = createTimes(read.value, 'America/New_York');
      const now = Date.parse('2026-11-28T12:00Z');
      expect(times.next(now)).toBeGreaterThan(times.latest(now));
    },
  );
});
