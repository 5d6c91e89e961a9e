import { describe, expect, it } from 'vitest';
import { modelOf } from '../../src/dashboard/model.ts';
import type { ScheduleState } from '../../src/dashboard/ports.ts';
import { nextOf, type Tone, verdictOf } from '../../src/dashboard/verdict.ts';
import type { Expected } from '../../src/domain/expected.ts';
import type { NightEnd } from '../../src/domain/night.ts';
import type { Life } from '../../src/domain/run.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { byCron, every } from '../helpers/expected.ts';
import { aRun, around, couldNotBegin, NIGHT, NOW, seen } from './make.ts';

const SCHEDULE: ScheduleState = {
  ...{ cron: '0 2 * * *', timeZone: 'UTC', nextAt: NIGHT + DAY, runningSince: null },
};

const SCHEDULES: Readonly<Record<string, Expected>> = {
  'hourly, 45 min of jitter': byCron('0 * * * *', 45 * MINUTE),
  'nightly, 8 h of jitter': byCron('0 2 * * *', 8 * HOUR),
  'on weekdays': byCron('0 2 * * MON-FRI'),
  'every minute': byCron('* * * * *'),
};

describe('the verdict on a night', () => {
  it.each<[Tone, string, string, Parameters<typeof aRun>[0]]>([
    ['good', 'closed 177', 'Last night ran and closed 177.', {}],
    ['good', 'closed 0', 'Last night ran and had nothing to close.', { counts: { closed: 0 } }],
    [
      ...(['watch', 'closed 177, 4 not', 'Last night ran and closed 177, but 4 did not go well.'] as const),
      { exitCode: 3, counts: { failed: 3, unconfirmed: 1 } },
    ],
    ['watch', 'closed 177', 'Last night ran and closed 177, but not all went well.', { exitCode: 3 }],
    [
      ...(['watch', 'closed 177, 1,200 left', 'Last night closed 177 and left 1,200 for the next.'] as const),
      { exitCode: 6, state: 'stopped', counts: { left: 1_200 } },
    ],
    ['bad', 'refused', 'Last night was refused by a guard.', { exitCode: 5, state: 'refused' }],
    ['bad', 'not let in', 'Last night was not let in by Genesys Cloud.', { exitCode: 4, state: 'failed' }],
    [
      ...(['bad', 'stopped', 'Last night stopped before it was done.'] as const),
      { exitCode: 8, state: 'stopped' },
    ],
    ['bad', 'database', 'Last night could not keep its record.', { exitCode: 9, state: 'failed' }],
    ['bad', 'failed', 'Last night failed, with exit code 1.', { exitCode: 1, state: 'failed' }],
    [
      ...(['bad', 'interrupted', 'Last night was interrupted after closing 177.'] as const),
      { exitCode: 130, state: 'interrupted' },
    ],
    [
      ...(['bad', 'interrupted', 'Last night was interrupted after closing 177.'] as const),
      { exitCode: null, state: 'interrupted' },
    ],
    [...(['good', 'closed 177', 'The last sweep ran and closed 177.'] as const), { startedAt: NOW - HOUR }],
  ])('is %s: %s', (tone, short, sentence, changes) => {
    expect(verdictOf(around(seen([aRun(changes)])))).toMatchObject({ tone, short, sentence });
  });

  it('finds nothing good in a night that had no mapping to look at', () => {
    const without = (run: Parameters<typeof aRun>[0]) =>
      verdictOf(around(seen([aRun(run)], { hasMappings: false })));
    expect(without({ counts: { closed: 0 } })).toMatchObject({
      ...{ tone: 'watch', short: 'no mapping' },
      sentence: 'Last night ran and had nothing to close: no mapping is on record.',
    });
    expect(without({ exitCode: 5, state: 'refused' })).toMatchObject({ tone: 'bad', short: 'refused' });
  });

  it('leads from a record without anything to the first sweep, by way of what it would close', () => {
    const { tone, todo, facts } = verdictOf(around(seen([], { hasMappings: false })));
    expect({ tone, facts }).toEqual({ tone: 'none', facts: ['Nothing is on record in nightsweep.db.'] });
    expect(todo?.match(/“[^”]*”/g)).toEqual([
      '“nightsweep import mapping FILE”',
      '“nightsweep doctor”',
      '“nightsweep sweep --dry-run”',
      '“nightsweep sweep”',
    ]);
  });

  it('leaves it to the run to say why it stopped: it may be that closes took no effect', () => {
    const message = 'Twenty closes in a row took no effect.';
    const verdict = verdictOf(around(seen([aRun({ exitCode: 8, state: 'stopped', message })])));
    expect(verdict.todo).toBe(message);
    expect(JSON.stringify(verdict)).not.toContain('reach');
  });

  it('says what a guard has found as what to do, and of how many nights', () => {
    const refused = { exitCode: 5, state: 'refused', message: 'Accept the policy.' } as const;
    const runs = [3, 2, 1].map((n) => aRun({ ...refused, id: n, startedAt: NIGHT - (3 - n) * DAY }));
    expect(verdictOf(around(seen(runs)))).toMatchObject({
      sentence: 'Last night was refused by a guard, like the 2 before.',
      todo: 'Accept the policy.',
    });
    expect(verdictOf(around(seen(runs.slice(0, 2)))).sentence).toContain('like the one before');
  });

  it('knows a sweep at work from one that died', () => {
    const runs = [
      aRun({ id: 41, state: 'running', finishedAt: null, exitCode: null, startedAt: NOW - HOUR }),
      aRun({ id: 40, counts: { closed: 9 } }),
    ];
    const record = seen(runs, { progress: { closed: 12, kept: 30 } });
    expect(verdictOf(around(record))).toMatchObject({
      tone: 'busy',
      sentence: 'A sweep is at work: 42 looked at, 12 closed so far.',
      facts: ['Run 41 began Tue 24 Nov, 13:00.', 'The one before closed 9, on Tue 24 Nov, 02:00.'],
    });
    expect(verdictOf(around(record, { lifeOf: () => 'dead' }))).toMatchObject({
      ...{ tone: 'bad', word: 'Died', sentence: 'The last sweep died: its process is gone.' },
    });
  });

  it('says that nothing has run yet, and what to do unless a schedule does it', () => {
    expect(verdictOf(around(seen([])))).toMatchObject({ tone: 'none', short: 'no sweep yet' });
    expect(verdictOf(around(seen([]))).todo).toContain('sweep --dry-run');
    expect(verdictOf(around(seen([]), { schedule: SCHEDULE })).todo).toBeNull();
    const runningSince = NOW - MINUTE;
    expect(verdictOf(around(seen([]), { schedule: { ...SCHEDULE, runningSince } }))).toMatchObject({
      tone: 'busy',
    });
  });

  it.each<[number, string | null]>([
    [30 * HOUR - 1, null],
    [30 * HOUR + 1, 'Last night did not run.'],
    [54 * HOUR + 1, 'No sweep has run since Mon 23 Nov, 02:00.'],
  ])('%i ms after the last sweep is %s', (passed, sentence) => {
    const startedAt = Date.parse('2026-11-23T02:00:00.000Z');
    const record = seen([aRun({ startedAt })], { now: startedAt + passed });
    const verdict = verdictOf(around(record));
    expect(verdict.tone).toBe(sentence === null ? 'good' : 'bad');
    if (sentence !== null) expect(verdict.sentence).toBe(sentence);
    expect(verdictOf(around(record, { expected: null })).tone).toBe('good');
  });

  it.each<[string, string, string, string | null]>([
    // The time of a night is open until its jitter is used up, and for five minutes.
    ['hourly, 45 min of jitter', '2026-11-24T12:00Z', '2026-11-24T13:49:59Z', null],
    ['hourly, 45 min of jitter', '2026-11-24T12:00Z', '2026-11-24T13:50Z', 'One was due Tue 24 Nov, 13:00.'],
    ['nightly, 8 h of jitter', '2026-11-23T02:00Z', '2026-11-24T10:04:59Z', null],
    ['nightly, 8 h of jitter', '2026-11-23T02:00Z', '2026-11-24T10:05Z', 'One was due Tue 24 Nov, 02:00.'],
    ['on weekdays', '2026-11-20T02:00Z', '2026-11-23T02:04Z', null],
    ['on weekdays', '2026-11-20T02:00Z', '2026-11-23T02:05Z', 'One was due Mon 23 Nov, 02:00.'],
    [
      'on weekdays',
      '2026-11-20T02:00Z',
      '2026-11-25T12:00Z',
      'One was due Mon 23 Nov, 02:00, and 2 more since.',
    ],
    [
      'every minute',
      '2026-11-20T02:00Z',
      '2026-11-25T12:00Z',
      'One was due Fri 20 Nov, 02:19, and at least 999 more since.',
    ],
  ])('%s, the last one at %s: at %s %j', (how, startedAt, now, fact) => {
    const record = seen([aRun({ startedAt: Date.parse(startedAt) })], { now: Date.parse(now) });
    const verdict = verdictOf(around(record, { expected: SCHEDULES[how] ?? null }));
    if (fact === null) expect(verdict.word).toBe('Ran');
    else expect(verdict).toMatchObject({ word: 'Did not run', facts: [fact, expect.any(String)] });
  });

  it.each([
    ['a schedule', byCron('0 * * * *')],
    ['nights begun elsewhere', every(HOUR)],
  ])('leaves out what was due while the last one was at work, by %s', (_, expected) => {
    const startedAt = Date.parse('2026-11-24T11:00Z');
    const long = aRun({ startedAt, finishedAt: startedAt + 150 * MINUTE });
    const at = (now: string) => verdictOf(around(seen([long], { now: Date.parse(now) }), { expected })).word;
    expect(at('2026-11-24T13:40Z')).toBe('Ran');
    expect(at('2026-11-24T14:20Z')).toBe('Did not run');
    const died = aRun({ ...long, exitCode: null, state: 'interrupted' });
    const found = seen([died], { now: Date.parse('2026-11-24T13:40Z') });
    expect(verdictOf(around(found, { expected })).word, 'nobody knows when it died').toBe('Did not run');
  });

  it('tells of a sweep that could not begin, until one has', () => {
    const last = couldNotBegin('No credentials.');
    expect(verdictOf(around(seen([aRun()]), { lastNight: last }))).toMatchObject({
      ...{ tone: 'bad', short: 'could not begin', todo: 'No credentials.' },
    });
    const since = { now: last.startedAt + 54 * HOUR };
    expect(verdictOf(around(seen([aRun()], since), { lastNight: last }))).toMatchObject({
      word: 'Did not run',
      facts: [
        expect.anything(),
        expect.stringMatching(/^The last one could not begin, on .*: No credentials\.$/),
      ],
    });
    const later = aRun({ startedAt: NOW - MINUTE });
    expect(verdictOf(around(seen([later]), { lastNight: last })).tone).toBe('good');
    const begun = { ...last, hadRun: true };
    expect(verdictOf(around(seen([aRun()]), { lastNight: begun })).tone).toBe('good');
  });
});

describe('a run that says it is at work', () => {
  const running = aRun({ state: 'running', exitCode: null, finishedAt: null, startedAt: NOW - HOUR });

  const long = aRun({ ...running, startedAt: NOW - 5 * DAY });

  it.each<[Life, Expected | null, typeof running, string]>([
    ['alive', every(DAY), running, 'At work'],
    ['alive', every(DAY), long, 'At work'],
    ['alive', byCron('0 * * * *'), long, 'At work'],
    // Of another machine nobody knows.
    ['unknown', every(DAY), running, 'At work'],
    ['unknown', every(DAY), long, 'Did not run'],
    ['unknown', byCron('0 2 * * *'), running, 'At work'],
    ['unknown', byCron('0 2 * * *'), long, 'Did not run'],
    ['unknown', null, long, 'At work'],
    ['dead', every(DAY), running, 'Died'],
    ['dead', every(DAY), long, 'Did not run'],
  ])('where its process is %s is believed or not', (life, expected, run, word) => {
    const watched = around(seen([run]), { lifeOf: () => life, expected });
    expect(verdictOf(watched).word).toBe(word);
    const end = word === 'At work' ? 'at work' : 'died';
    expect(modelOf(watched).runs[0]).toMatchObject({ end });
  });

  it('need not be on record yet when its night is under way', () => {
    const schedule = { ...SCHEDULE, runningSince: NOW - MINUTE };
    const old = aRun({ startedAt: NOW - 3 * DAY });
    expect(verdictOf(around(seen([old]), { schedule }))).toMatchObject({
      ...{ word: 'At work', sentence: 'A sweep is at work.', facts: ['It began Tue 24 Nov, 13:59.'] },
    });
    const ended = aRun({ startedAt: NOW - MINUTE + 1_000 });
    expect(verdictOf(around(seen([ended]), { schedule })).word, 'it has already ended').toBe('Ran');
  });

  it('is not, when its night has ended without being able to say so', () => {
    const lastNight: NightEnd = {
      ...{ startedAt: running.startedAt - 1_000, finishedAt: running.startedAt + MINUTE },
      ...{ exitCode: 9, message: 'The database is locked.', hadRun: false },
    };
    for (const life of ['dead', 'unknown'] as const) {
      expect(verdictOf(around(seen([running]), { lastNight, lifeOf: () => life })), life).toMatchObject({
        ...{ tone: 'bad', word: 'Failed', todo: 'The database is locked.' },
      });
    }
    // What failed meanwhile was another's night.
    expect(verdictOf(around(seen([running]), { lastNight, lifeOf: () => 'alive' })).word).toBe('At work');
  });
});

describe('the next sweep', () => {
  it('is due by the schedule, else by what is expected, else nobody knows', () => {
    const record = seen([aRun()]);
    expect(nextOf(around(record, { schedule: SCHEDULE }))).toBe('The next begins Wed 25 Nov, 02:00, in 12h.');
    expect(nextOf(around(record))).toBe('The next is due Wed 25 Nov, 02:00, in 12h.');
    expect(nextOf(around(record, { expected: null }))).toBeNull();
    expect(nextOf(around(seen([])))).toBeNull();
    expect(nextOf(around(record, { expected: every(HOUR) }))).toBeNull();
    const expected = byCron('30 15 * * MON-FRI');
    const due = 'The next is due Tue 24 Nov, 15:30, in 1h 30m.';
    expect(nextOf(around(record, { expected })), 'in another process').toBe(due);
    expect(nextOf(around(seen([]), { expected }))).toBe(due);
  });

  it('that has not begun when it should have is not said to be near', () => {
    const at = (nextAt: number) => nextOf(around(seen([aRun()]), { schedule: { ...SCHEDULE, nextAt } }));
    expect(at(NOW - 1_000)).toBe('The next begins Tue 24 Nov, 13:59, in less than a minute.');
    expect(at(NOW - 20 * MINUTE)).toBe('The next was to begin Tue 24 Nov, 13:40, and has not.');
  });
});
