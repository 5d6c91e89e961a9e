import { describe, expect, it } from 'vitest';
import { overdueSince } from '../../src/domain/expected.ts';
import { HOUR, MINUTE, toIso } from '../../src/domain/time.ts';
import { byCron } from '../helpers/expected.ts';

const at = (time: string) => Date.parse(`2026-11-${time}:00Z`);
const sweptAt = (startedAt: number) => ({ startedAt, finishedAt: startedAt + MINUTE, exitCode: 0 });

describe('a sweep shortly before a night of a schedule is due', () => {
  it.each([
    ['0 2 * * *', 0, '10T01:45', '11T02:00', 'is that night: a timer has times of its own'],
    ['0 2 * * *', 0, '09T23:00', '11T02:00', 'three hours before'],
    ['0 2 * * *', 0, '09T22:59', '10T02:00', 'is none when it is earlier'],
    ['0 2 * * *', 0, '10T02:00', '11T02:00', 'is that night when it is on time'],
    ['0 * * * *', 0, '10T02:29', '10T03:00', 'is the one before when it is nearer to that'],
    ['0 * * * *', 0, '10T02:31', '10T04:00', 'is the next when it is nearer to that'],
    ['0 * * * *', 20, '10T02:39', '10T03:00', 'is the one before when its jitter is nearer'],
    ['0 * * * *', 20, '10T02:41', '10T04:00', 'is the next when it is nearer than the jitter'],
    ['0 2,5 * * *', 0, '10T02:00', '10T05:00', 'has the next one after it, though that is three hours off'],
  ])('%s with a jitter of %i minutes, %s: next %s (%s)', (cron, jitter, began, next) => {
    expect(toIso(byCron(cron, jitter * MINUTE).after(at(began)).dueAt)).toBe(toIso(at(next)));
  });

  it('is not called missing', () => {
    const nightly = byCron('30 2 * * *');
    expect(overdueSince(nightly, sweptAt(at('10T02:15')), at('10T12:00'))).toBeNull();
    const found = overdueSince(nightly, sweptAt(at('10T02:15')), at('12T12:00'));
    expect(found).toEqual({ firstDueAt: at('11T02:30'), nights: 2 });
  });

  it('leaves each moment to one night', () => {
    const nights = byCron('0 2,5,20 * * *', HOUR / 2);
    let before = nights.after(at('10T02:10'));
    for (let n = 0; n < 10; n++) {
      const night = nights.after(before.dueAt);
      expect(night.from).toBe(before.before);
      before = night;
    }
  });
});
