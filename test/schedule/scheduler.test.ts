import { describe, expect, it, onTestFinished } from 'vitest';
import { AuthError } from '../../src/domain/errors.ts';
import { noCounts, noRequests } from '../../src/domain/run.ts';
import { DAY, HOUR, type Instant, MINUTE, SECOND, toIso } from '../../src/domain/time.ts';
import type { ConcludedRun } from '../../src/night/night-of.ts';
import { readCron } from '../../src/schedule/cron.ts';
import { createScheduler, type ScheduleEvent, type SchedulerDeps } from '../../src/schedule/scheduler.ts';
import { createTimes } from '../../src/schedule/times.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

const at = (text: string): Instant => Date.parse(`2026-01-${text}:00.000Z`);
const shown = (instant: Instant) => toIso(instant).slice(8, 16);

function report(changes: Partial<ConcludedRun> = {}): ConcludedRun {
  return {
    run: { id: 1, kind: 'sweep', scope: 'full', state: 'done' },
    counts: noCounts(),
    keptReasons: {},
    requests: noRequests(),
    exitCode: 0,
    message: 'Closed 0.',
    ...changes,
  };
}

interface Options extends Partial<Pick<SchedulerDeps, 'catchUp' | 'jitterMs' | 'random'>> {
  readonly cron?: string;
  readonly start?: Instant;
  readonly lastBeganAt?: Instant | null;
  readonly isStopped?: boolean;
  /** How long each night takes; what it does besides. */
  readonly nightMs?: number;
  readonly during?: (nth: number) => void;
}

/** A scheduler on a virtual clock, with what it told and what it ran, in short. */
function stage(options: Options = {}) {
  const { cron = '0 2 * * *', start = at('15T12:00'), nightMs = 10 * MINUTE, during = () => {} } = options;
  // Timers know nothing of what is done to the clock on the wall.
  const timers = new VirtualClock(start);
  let setBy = 0;
  const clock = { now: () => timers.now() + setBy, sleep: timers.sleep };
  const read = readCron(cron);
  if (!read.ok) throw new Error(read.hint);
  const stop = new AbortController();
  if (options.isStopped === true) stop.abort(143);
  const abort = new AbortController();
  const nights: string[] = [];
  const told: string[] = [];
  let underWay = 0;
  const scheduler = createScheduler({
    cron,
    timeZone: 'UTC',
    times: createTimes(read.value, 'UTC'),
    jitterMs: 0,
    random: () => 0.5,
    catchUp: false,
    lastBeganAt: null,
    ...options,
    clock,
    redact: (text) => text.replaceAll('s3cr3t', '[hidden]'),
    tell: (event) => void told.push(inShort(event)),
    runNight: async ({ stop: stopped }) => {
      expect(++underWay, 'one night at a time').toBe(1);
      nights.push(shown(clock.now()));
      try {
        await clock.sleep(nightMs, stopped).catch(() => {});
        during(nights.length);
        if (stopped.aborted) return report({ exitCode: 143, message: 'Interrupted; run again to go on.' });
        return report({ message: `Night ${nights.length}.` });
      } finally {
        underWay--;
      }
    },
  });
  const ended = scheduler.run({ stop: stop.signal, abort: abort.signal });
  onTestFinished(async () => {
    stop.abort(143);
    await timers.advance(0);
    await ended;
    expect(timers.sleepers, 'waits that were left behind').toBe(0);
  });
  return {
    ...{ scheduler, nights, told, stop, ended },
    pass: (ms: number) => timers.advance(ms),
    until: (to: string) => timers.advance(at(to) - clock.now()),
    /** Sets the clock, or, which is the same to see, lets the machine sleep. */
    set: (ms: number) => {
      setBy += ms;
    },
  };
}

function inShort(event: ScheduleEvent): string {
  switch (event.kind) {
    case 'begun':
      return `begun ${shown(event.dueAt)}`;
    case 'ended':
      return `ended ${shown(event.dueAt)}: exit ${event.night.exitCode}, ${event.night.message} next ${event.next && shown(event.next.at)}`;
    case 'planned':
      return `planned ${shown(event.next.at)}`;
    case 'set_back':
      return `set back by ${event.byMs / MINUTE} min, next ${shown(event.next.at)}`;
    default: {
      const { nights, lastDueAt } = event.passed;
      const madeUp = event.kind === 'missed' && event.madeUp ? ', made up' : '';
      const start = event.kind === 'missed' && event.atStart ? 'before the start ' : '';
      return `${start}${event.kind} ${nights} to ${shown(lastDueAt)}${madeUp}, next ${shown(event.next.at)}`;
    }
  }
}

describe('a scheduler', () => {
  it('runs a night each time, tells of each, and says how things are', async () => {
    const { scheduler, nights, told, until } = stage();
    await until('15T13:00');
    expect(scheduler.state()).toEqual({
      cron: '0 2 * * *',
      timeZone: 'UTC',
      nextAt: at('16T02:00'),
      ...{ runningSince: null, last: null },
    });
    await until('16T02:05');
    expect(scheduler.state()).toMatchObject({
      nextAt: at('17T02:00'),
      runningSince: at('16T02:00'),
      last: null,
    });
    await until('17T03:00');
    expect(nights).toEqual(['16T02:00', '17T02:00']);
    expect(told).toEqual([
      'planned 16T02:00',
      'begun 16T02:00',
      'ended 16T02:00: exit 0, Night 1. next 17T02:00',
      'begun 17T02:00',
      'ended 17T02:00: exit 0, Night 2. next 18T02:00',
    ]);
    expect(scheduler.state()).toMatchObject({
      nextAt: at('18T02:00'),
      runningSince: null,
      last: { startedAt: at('17T02:00'), finishedAt: at('17T02:10'), exitCode: 0, message: 'Night 2.' },
    });
  });

  it.each([
    ['an expected error', new AuthError('No s3cr3t is right.'), 'exit 4, No [hidden] is right.'],
    ['a bug', new TypeError('x is not a function'), 'exit 1, x is not a function'],
    ['something that is no error', 'why', 'exit 1, why'],
  ])('goes on after a night that throws %s', async (_, thrown, says) => {
    const { nights, told, scheduler, until } = stage({
      during: (nth) => {
        if (nth === 1) throw thrown;
      },
    });
    await until('17T03:00');
    expect(nights).toEqual(['16T02:00', '17T02:00']);
    expect(told).toContain(`ended 16T02:00: ${says} next 17T02:00`);
    expect(scheduler.state().last).toMatchObject({ exitCode: 0 });
  });

  it('begins later by its jitter, drawn anew each night', async () => {
    const drawn = [0.5, 0.25, 0.75, 0];
    const { nights, until } = stage({ jitterMs: HOUR, random: () => drawn.shift() ?? 0 });
    await until('18T03:00');
    expect(nights).toEqual(['16T02:30', '17T02:15', '18T02:45']);
  });
});

describe('a night that takes longer than the next one is away', () => {
  it('is not joined by a second one: those are left out, and that is told', async () => {
    const { nights, told, scheduler, until } = stage({ cron: '0 * * * *', nightMs: 150 * MINUTE });
    await until('15T15:45');
    expect(nights).toEqual(['15T13:00']);
    expect(told.slice(2)).toEqual([
      'ended 15T13:00: exit 0, Night 1. next 15T16:00',
      'overlapped 2 to 15T15:00, next 15T16:00',
    ]);
    expect(scheduler.state().nextAt).toBe(at('15T16:00'));
    await until('15T16:01');
    expect(nights).toEqual(['15T13:00', '15T16:00']);
  });

  it('leaves no time in the past for the next one, whenever that is asked', async () => {
    const { scheduler, until } = stage({ cron: '0 * * * *', nightMs: 150 * MINUTE });
    for (const [now, next] of [
      ['15T13:30', '15T14:00'],
      ['15T14:00', '15T15:00'],
      ['15T14:20', '15T15:00'],
      ['15T15:01', '15T16:00'],
      ['15T15:40', '15T16:00'],
    ] as const) {
      await until(now);
      expect(scheduler.state().nextAt, now).toBe(at(next));
    }
  });

  it('leaves out what is due in the very moment of its end', async () => {
    const { nights, told, until } = stage({ cron: '0 * * * *', nightMs: HOUR });
    await until('15T15:30');
    expect(nights).toEqual(['15T13:00', '15T15:00']);
    expect(told).toContain('overlapped 1 to 15T14:00, next 15T15:00');
  });

  it('leaves the next one its time while its jitter is not used up', async () => {
    const { nights, told, until } = stage({
      cron: '0 * * * *',
      nightMs: 50 * MINUTE,
      jitterMs: 40 * MINUTE,
    });
    await until('15T14:50');
    // 13:20 to 14:10, and then within the rest until 14:40.
    expect(nights).toEqual(['15T13:20', '15T14:20']);
    expect(told.filter((line) => line.startsWith('overlapped'))).toEqual([]);
  });
});

describe('what was due while nothing was running', () => {
  const lastBeganAt = at('13T02:00');

  it.each([
    [false, ['16T02:00'], ['planned 16T02:00', 'before the start missed 2 to 15T02:00, next 16T02:00']],
    [
      true,
      ['15T12:00', '16T02:00'],
      ['planned 16T02:00', 'before the start missed 2 to 15T02:00, made up, next 16T02:00'],
    ],
  ])('is told at the start, and with catchUp %s: %j', async (catchUp, ran, says) => {
    const { nights, told, until } = stage({ lastBeganAt, catchUp });
    await until('16T02:01');
    expect(nights).toEqual(ran);
    expect(told.slice(0, 2)).toEqual(says);
  });

  it.each([
    ['nothing is on record: the first night is yet to come', null],
    ['the last night began as it was due', at('15T02:00')],
    ['it began later by its jitter', at('15T02:20')],
    ['somebody swept by hand since', at('15T11:00')],
    ['the record is ahead of the clock', at('15T18:00')],
  ])('is nothing where %s', async (_, last) => {
    const { nights, told, until } = stage({ lastBeganAt: last, catchUp: true });
    await until('15T23:00');
    expect({ nights, told }).toEqual({ nights: [], told: ['planned 16T02:00'] });
  });

  it('is not missed while its jitter is not used up: it begins within the rest', async () => {
    const options = { lastBeganAt: at('14T02:10'), jitterMs: HOUR, start: at('15T02:40') };
    const { nights, told, until } = stage(options);
    await until('15T12:00');
    expect(nights).toEqual(['15T02:50']);
    expect(told[0]).toBe('planned 15T02:50');
  });

  it.each([
    ['50 s ago', at('15T02:00') + 50 * SECOND, 0, ['15T02:00']],
    ['less than 5 min ago', at('15T02:05') - 1, 0, ['15T02:04']],
    ['5 min ago', at('15T02:05'), 0, []],
    ['3 min ago, and its jitter of 2 min is used up', at('15T02:03'), 2 * MINUTE, ['15T02:03']],
    ['3 min ago, and its jitter of 5 min is not', at('15T02:03'), 5 * MINUTE, ['15T02:04']],
  ])('is not missed where it was due %s: it begins', async (_, start, jitterMs, ran) => {
    const { nights, told, until } = stage({ lastBeganAt: at('14T02:00'), start, jitterMs });
    await until('15T12:00');
    expect(nights).toEqual(ran);
    expect(told.some((line) => line.includes('missed'))).toBe(ran.length === 0);
  });

  it.each([
    ['nothing is on record', null],
    ['it has begun in the moment when it was due', at('15T02:00')],
    ['it has begun since', at('15T02:00') + 20 * SECOND],
  ])('50 s ago is not run again where %s', async (_, last) => {
    const options = { lastBeganAt: last, start: at('15T02:00') + 50 * SECOND, catchUp: true };
    const { nights, told, until } = stage(options);
    await until('15T12:00');
    expect({ nights, told }).toEqual({ nights: [], told: ['planned 16T02:00'] });
  });

  it.each([
    ['a little before it was due was that night', '15T02:30', []],
    ['a little before it is due does not take its place', '15T01:55', ['15T02:00']],
  ])('a sweep by hand %s', async (_, start, ran) => {
    const options = { lastBeganAt: at('15T01:50'), start: at(start), catchUp: true };
    const { nights, until } = stage(options);
    await until('15T12:00');
    expect(nights).toEqual(ran);
  });

  it('is made up for by a night whose time has come anyway', async () => {
    const options = { lastBeganAt, jitterMs: HOUR, start: at('15T02:40'), catchUp: true };
    const { nights, told, until } = stage(options);
    await until('15T12:00');
    expect(nights).toEqual(['15T02:50']);
    expect(told[1]).toBe('before the start missed 1 to 14T02:00, next 15T02:50');
  });

  it('is found by a wrong record of a far future too', async () => {
    const { nights, until } = stage({ lastBeganAt: at('15T12:00') + 3_000 * DAY });
    await until('16T03:00');
    expect(nights).toEqual(['16T02:00']);
  });
});

describe('a machine that sleeps', () => {
  it.each([
    [false, ['19T02:00'], 'missed 3 to 18T02:00, next 19T02:00'],
    [true, ['18T12:01', '19T02:00'], 'missed 3 to 18T02:00, made up, next 19T02:00'],
  ])('for days has missed nights; with catchUp %s it runs %j', async (catchUp, ran, says) => {
    const { pass, set, nights, told, until } = stage({ catchUp });
    await pass(30 * SECOND);
    set(3 * DAY);
    await until('19T02:01');
    expect(nights).toEqual(ran);
    expect(told[1]).toBe(says);
  });

  it('through the begin of a night is seen to be behind until it has noticed', async () => {
    const { set, scheduler, until } = stage();
    await until('16T01:59');
    set(HOUR);
    expect(scheduler.state()).toMatchObject({ nextAt: at('16T02:00'), runningSince: null });
  });

  it('through the begin of a night by a few minutes runs it late', async () => {
    const { pass, set, nights, told, until } = stage();
    await until('16T01:59');
    set(4 * MINUTE);
    await pass(MINUTE);
    expect(nights).toEqual(['16T02:04']);
    expect(told).toEqual(['planned 16T02:00', 'begun 16T02:00']);
  });

  it('through the begin of a night, but not through its jitter, runs it within the rest', async () => {
    const { set, nights, told, until } = stage({ jitterMs: HOUR });
    await until('16T01:59');
    set(41 * MINUTE);
    await until('16T04:00');
    expect(nights).toEqual(['16T02:50']);
    expect(told.filter((line) => line.includes('missed'))).toEqual([]);
  });
});

describe('a clock that is set', () => {
  it('back after a night does not run that night again', async () => {
    const { set, nights, until } = stage();
    await until('16T02:30');
    set(-HOUR);
    await until('17T02:01');
    expect(nights).toEqual(['16T02:00', '17T02:00']);
  });

  it('back while waiting waits for the right moment', async () => {
    const { set, nights, told, until } = stage();
    await until('16T01:50');
    set(-5 * HOUR);
    await until('16T02:01');
    expect(nights).toEqual(['16T02:00']);
    expect(told, 'the next night is the same').toEqual(['planned 16T02:00', 'begun 16T02:00']);
  });

  it('right after it was wrong by years plans anew', async () => {
    const { pass, set, nights, told, until } = stage({ start: at('15T12:00') + 1_000 * DAY });
    await pass(DAY);
    expect(nights).toHaveLength(1);
    set(-1_000 * DAY);
    await until('17T03:00');
    expect(nights.slice(1)).toEqual(['17T02:00']);
    expect(told.filter((line) => line.startsWith('set back'))).toEqual([
      'set back by 1439999 min, next 17T02:00',
    ]);
  });

  it('forward over a night and back before it is due has not', async () => {
    const { set, nights, told, until } = stage();
    await until('15T12:00');
    set(20 * HOUR);
    await until('16T08:02');
    set(-20 * HOUR);
    await until('16T03:00');
    expect(nights).toEqual(['16T02:00']);
    expect(told.slice(1, 3)).toEqual([
      'missed 1 to 16T02:00, next 17T02:00',
      expect.stringMatching(/^set back by \d+ min, next 16T02:00$/),
    ]);
  });

  it('forward over a night has missed it', async () => {
    const { set, nights, told, until } = stage();
    await until('16T01:00');
    set(2 * HOUR);
    await until('17T02:01');
    expect(nights).toEqual(['17T02:00']);
    expect(told[1]).toBe('missed 1 to 16T02:00, next 17T02:00');
  });
});

describe('a scheduler that is stopped', () => {
  it('while it waits ends at once, with no night in hand', async () => {
    const { scheduler, stop, ended, until } = stage();
    await until('15T13:00');
    stop.abort(143);
    expect(await ended).toBeNull();
    expect(scheduler.state().nextAt).toBeNull();
  });

  it('during a night waits for its end, and tells which it was', async () => {
    const { told, stop, ended, until } = stage();
    await until('16T02:05');
    stop.abort(143);
    expect(await ended).toMatchObject({ exitCode: 143, startedAt: at('16T02:00') });
    expect(told.at(-1)).toBe('ended 16T02:00: exit 143, Interrupted; run again to go on. next null');
  });

  it('before it has begun runs nothing', async () => {
    const { nights, ended } = stage({ lastBeganAt: at('01T00:00'), catchUp: true, isStopped: true });
    expect(await ended).toBeNull();
    expect(nights).toEqual([]);
  });
});
