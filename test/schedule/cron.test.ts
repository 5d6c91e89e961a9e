import { describe, expect, it } from 'vitest';
import { readCron } from '../../src/schedule/cron.ts';

const pattern = (text: string) => {
  const read = readCron(text);
  return read.ok ? read.value.pattern : read.hint;
};

describe('a cron expression', () => {
  it.each([
    ['30 2 * * *', '30 2 * * *'],
    ['  30   2 * *  * ', '30 2 * * *'],
    ['15,45 2,14 * * *', '15,45 2,14 * * *'],
    ['*/30 2 * * *', '0,30 2 * * *'],
    ['0 */6 * * *', '0 0,6,12,18 * * *'],
    ['0 1-7/3 * * *', '0 1,4,7 * * *'],
    ['0 2 * * mon-fri', '0 2 * * MON-FRI'],
    ['0 2 1 jan,jul *', '0 2 1 JAN,JUL *'],
    ['0 2 * * 0', '0 2 * * 0'],
    ['0 2 * * 7', '0 2 * * 7'],
    ['0 2 29 2 *', '0 2 29 2 *'],
    ['0 2 30 2 MON', '0 2 30 2 MON'],
    ['0 2 */2 * MON', '0 2 */2 * +MON'],
    ['0 2 13 * */2', '0 2 13 * +*/2'],
    ['0 2 */2 * *', '0 2 */2 * *'],
  ])('%s has times of the day, each by itself: %s', (text, expected) => {
    expect(pattern(text)).toBe(expected);
  });

  it.each([
    ['* * * * *', '* * * * *'],
    ['*/15 * * * *', '*/15 * * * *'],
    ['5 0-23 * * *', '5 * * * *'],
    ['5 */1 * * *', '5 * * * *'],
  ])('%s is a rhythm through the whole day: %s', (text, expected) => {
    expect(pattern(text)).toBe(expected);
  });

  it.each([
    ['0 30 2 * * *', 'it has 6 fields; there is none for seconds'],
    ['0 0 30 2 * * 2027', 'it has 7 fields'],
    ['30 2 * *', 'it has 4 fields'],
    ['nightly', 'it has 1 field'],
    ['@daily', 'write it out: 0 0 * * *'],
    ['@Hourly', 'write it out: 0 * * * *'],
    ['60 2 * * *', 'the minute cannot be 60'],
    ['30 24 * * *', 'the hour cannot be 24'],
    ['30 2 0 * *', 'the day of the month cannot be 0'],
    ['30 2 * 13 *', 'the month cannot be 13'],
    ['30 2 * * 8', 'the day of the week cannot be 8'],
    ['30 2 * * MONDAY', 'the day of the week cannot be MONDAY'],
    ['30 2 * MON *', 'the month cannot be MON'],
    ['30 2 L * *', 'the day of the month cannot be L'],
    ['30 2 15W * *', 'the day of the month cannot be 15W'],
    ['30 2 ? * *', 'the day of the month cannot be ?'],
    ['30 2 * * 5#2', 'the day of the week cannot be 5#2'],
    ['30 2 * * +1', 'the day of the week cannot be +1'],
    ['30 22-2 * * *', 'the hour cannot go backwards from 22 to 2'],
    ['30 2-3-4 * * *', 'the hour cannot be 2-3-4'],
    ['30 2, * * *', 'the hour cannot be that'],
    ['5/10 * * * *', 'the minute cannot be 5/10; steps go with * or a range, as in */15'],
    ['*/0 * * * *', 'the minute cannot be */0; a step is 1 or more'],
    ['0-30/0 2 * * *', 'the minute cannot be 0-30/0; a step is 1 or more'],
    ['30\u001b[2J 2 * * *', 'the minute cannot be that'],
    ['0 0 30 2 *', 'there is no such day in any year'],
    ['0 0 31 2,4,6,9,11 *', 'there is no such day in any year'],
    ['0 0 30 2 */1', 'there is no such day in any year'],
    ['0 0 30 2 */2', 'there is no such day in any year'],
  ])('%s is refused: %s', (text, hint) => {
    expect(readCron(text)).toEqual({ ok: false, hint });
  });
});
