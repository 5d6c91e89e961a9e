import { describe, expect, it } from 'vitest';
import { createTeller } from '../../src/cli/render/schedule.ts';
import type { ScheduleEvent } from '../../src/schedule/scheduler.ts';
import { createIo } from './running.ts';

const at = (text: string) => Date.parse(`2026-01-${text}:00.000Z`);
const next = { dueAt: at('17T02:00'), at: at('17T02:00') };
const one = { nights: 1, lastDueAt: at('15T02:00') };
const two = { nights: 2, lastDueAt: at('15T02:00') };

/** What a warning says of it. */
function told(event: ScheduleEvent): string[] {
  const said: string[] = [];
  const log = { debug: () => {}, info: () => {}, warn: (message: string) => void said.push(message) };
  const inForce = { cron: '0 2 * * *', timeZone: 'UTC', jitterMs: 0, catchUp: false };
  createTeller({ log, io: createIo([], {}) } as never, inForce as never)(event);
  return said;
}

describe('of nights that were not run is told', () => {
  const missed = { kind: 'missed', madeUp: false, next } as const;

  it.each<[string, ScheduleEvent]>([
    [
      'The night of Thu 2026-01-15 02:00 left no sweep on record; schedule.catchUp is not set to make up for that; the next night: Sat 2026-01-17 02:00.',
      { ...missed, atStart: true, passed: one },
    ],
    [
      '2 nights, the last one of Thu 2026-01-15 02:00, left no sweep on record; one sweep makes up for that now.',
      { ...missed, atStart: true, passed: two, madeUp: true },
    ],
    [
      '2 nights, the last one of Thu 2026-01-15 02:00, were missed, because the machine slept or its clock was set forward; one sweep makes up for that now.',
      { ...missed, atStart: false, passed: two, madeUp: true },
    ],
    [
      'The night of Thu 2026-01-15 02:00 was left out, because the one before was still running; the next night: Sat 2026-01-17 02:00.',
      { kind: 'overlapped', passed: one, next },
    ],
  ])('%s', (says, event) => {
    expect(told(event)).toEqual([says]);
  });
});

describe('of a night that has ended is told', () => {
  const night = {
    startedAt: at('16T02:00'),
    finishedAt: at('16T02:01'),
    exitCode: 143,
    message: 'Interrupted.',
  };
  const ended = { kind: 'ended', dueAt: at('16T02:00'), night: { ...night, report: null }, error: null };

  it('which is the next', () => {
    expect(told({ ...ended, next } as never)).toEqual([
      'The night of Fri 2026-01-16 02:00 took 1m (exit 143): Interrupted. The next night: Sat 2026-01-17 02:00.',
    ]);
  });

  it('no next one where it was stopped', () => {
    expect(told({ ...ended, next: null } as never)).toEqual([
      'The night of Fri 2026-01-16 02:00 took 1m (exit 143): Interrupted.',
    ]);
  });
});
