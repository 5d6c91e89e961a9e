import { describe, expect, it } from 'vitest';
import { modelOf } from '../../src/dashboard/model.ts';
import type { Around, Need } from '../../src/dashboard/needs.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { emptyReport, fullReport, listed } from '../report/html/samples.ts';
import { aRun, around, couldNotBegin, NOW, seen } from './make.ts';

const needsOf = (surroundings: Around): readonly Need[] => modelOf(surroundings).needs;

const IDLE = { phase: 'idle', trouble: null, retryAt: null, lastBatchAt: null } as const;

function asked(agoMs: number, total = 1) {
  const one = { id: 1, conversationId: 'c-1', origin: 'http', requestedAt: NOW - agoMs };
  return { total, first: [one], origins: [{ origin: 'http', n: total }] };
}

const stopped = { exitCode: 8, state: 'stopped' } as const;

function refused(message: string) {
  return { exitCode: 5, state: 'refused', message } as const;
}

describe('what needs somebody', () => {
  it('is nothing when all is well', () => {
    expect(needsOf(around(seen([aRun()]), { background: IDLE }))).toEqual([]);
  });

  it('is that there is no mapping, with the record that was looked at, unless nothing is there at all', () => {
    const db = 'data/other.db';
    const without = seen([aRun({ counts: { closed: 0 } })], { hasMappings: false });
    expect(needsOf(around(without, { db }))).toMatchObject([
      {
        level: 'act',
        title: 'No mapping is on record in data/other.db',
        todo: expect.stringContaining('nightsweep import mapping FILE'),
      },
    ]);
    expect(needsOf(around(seen([], { hasMappings: false })))).toEqual([]);
  });

  it.each<[string, Parameters<typeof aRun>[0], readonly string[]]>([
    [
      'a widened policy',
      refused('accept it once with --accept-policy.'),
      ['sweep --dry-run', 'sweep --accept-policy'],
    ],
    [
      'an unusual volume',
      refused('accept them once with --accept-volume.'),
      ['sweep --dry-run', 'sweep --accept-volume'],
    ],
    ['a wrong clock', refused('The clocks differ by an hour.'), ['sweep --dry-run', 'sweep']],
    ['no way in', { exitCode: 4, state: 'failed' }, ['doctor', 'sweep']],
    ['closes without effect', { ...stopped, counts: { unconfirmed: 20 } }, ['report', 'sweep']],
    ['no answer', stopped, ['doctor', 'sweep']],
    ['a record that cannot be kept', { exitCode: 9, state: 'failed' }, ['db check', 'sweep']],
    ['an interrupt', { exitCode: 130, state: 'interrupted' }, ['sweep']],
    ['a death', { exitCode: null, state: 'running', finishedAt: null }, ['sweep']],
    ['anything else', { exitCode: 1, state: 'failed' }, ['doctor', 'sweep']],
  ])('is what to do about a night that ended by %s, with the whole command', (_, run, commands) => {
    const [need, ...others] = needsOf(around(seen([aRun(run)]), { lifeOf: () => 'dead' }));
    expect(others).toEqual([]);
    expect(need).toMatchObject({
      key: 'night',
      level: 'act',
      title: expect.stringMatching(/^Last night .*[^.]$/),
    });
    expect([...(need?.todo.matchAll(/“nightsweep ([^”]*)”/g) ?? [])].map(([, command]) => command)).toEqual(
      commands,
    );
  });

  it('is what to do about a night that could not begin or did not run, and of work left every night', () => {
    const lastNight = { ...couldNotBegin('No.'), exitCode: 2 } as const;
    expect(needsOf(around(seen([aRun()]), { lastNight }))).toMatchObject([
      {
        level: 'act',
        title: 'The last sweep could not begin',
        todo: expect.stringContaining('“nightsweep doctor”'),
      },
    ]);
    const late = seen([aRun()], { now: NOW + 2 * DAY });
    expect(needsOf(around(late))).toMatchObject([
      {
        level: 'act',
        title: expect.stringContaining('No sweep has run since'),
        todo: expect.stringContaining('“nightsweep sweep”'),
      },
    ]);
    const left = aRun({ exitCode: 6, state: 'stopped', counts: { left: 9 } });
    expect(needsOf(around(seen([left])))).toMatchObject([
      { level: 'watch', todo: expect.stringContaining('maxCloses') },
    ]);
  });

  it('is the trouble in the background, with when it tries again', () => {
    const background = { ...IDLE, trouble: 'Genesys does not answer', retryAt: NOW + 90_000 };
    expect(needsOf(around(seen([]), { background }))).toMatchObject([
      { level: 'act', todo: 'Genesys does not answer. It tries again at 14:01:30; nothing is lost.' },
    ]);
  });

  it.each<[number, string | null]>([
    [35 * HOUR, null],
    [37 * HOUR, 'Close requests begin to expire in 11h'],
    [49 * HOUR, 'Close requests are too old, and expire with the next sweep'],
  ])('is a close request that waits since %i ms: %s', (ago, title) => {
    const needs = needsOf(around(seen([], { asked: asked(ago, 3) })));
    expect(needs.map((need) => need.title)).toEqual(title === null ? [] : [title]);
    if (title !== null) expect(needs[0]).toMatchObject({ more: 2, cases: [{ conversationId: 'c-1' }] });
  });

  it('goes by the age at which requests expire, however short that is', () => {
    const record = seen([], { asked: asked(10 * MINUTE) });
    expect(needsOf(around(record, { requestMaxAgeMs: 30 * MINUTE }))).toHaveLength(1);
  });

  it('is what failed, with what to do, like with like; what the next sweep tries again comes after', () => {
    const needs = needsOf(around(seen([aRun()], { report: fullReport(28) })));
    const levels = needs.map(({ level }) => level);
    expect(levels).toEqual([...levels].sort());
    expect(new Set(needs.map(({ key }) => key)).size).toBe(needs.length);
    const forbidden = needs.find(({ title }) => title.includes('failed (inspect, 403'));
    expect(forbidden).toMatchObject({ level: 'act', todo: expect.stringContaining('Grant the OAuth') });
    expect(forbidden?.cases[0]?.facts.join()).toMatch(/correlation id [0-9a-f]{8}-/);
    expect(needs.find(({ title }) => title.includes('conversations unconfirmed'))?.level).toBe('watch');
    expect(JSON.stringify(needs)).not.toContain('it has been closed since');
  });

  it('does not count twice what rests', () => {
    const full = fullReport(28);
    const [one] = full.failures.items.filter(({ settledAs }) => settledAs === null);
    if (one === undefined) throw new Error('no failure');
    const [resting] = full.unclosable.items;
    if (resting === undefined) throw new Error('nothing rests');
    const report = {
      ...emptyReport(28),
      failures: listed([one]),
      unclosable: listed([{ ...resting, conversationId: one.conversationId }]),
    };
    expect(needsOf(around(seen([aRun()], { report }))).map(({ key }) => key)).toEqual(['unclosable-1']);
  });

  it('tells the whole number, and where not all could be read, that there are more', () => {
    const failure = fullReport(28).failures.items.find(({ outcome }) => outcome === 'unconfirmed');
    if (failure === undefined) throw new Error('none is unconfirmed');
    const items = Array.from({ length: 66 }, (_, n) => ({ ...failure, conversationId: `c-${n}` }));
    const needsWith = (settledAs: 'closed' | null, total: number) => {
      const last = { ...failure, conversationId: 'c-last', settledAs };
      const report = { ...emptyReport(28), failures: { total, items: [...items, last] } };
      return needsOf(around(seen([aRun()], { report })));
    };
    const [all, ...others] = needsWith('closed', 90);
    expect(all).toMatchObject({ title: expect.stringMatching(/^66 conversations unconfirmed/), more: 61 });
    expect(others).toEqual([]);
    expect(needsWith(null, 90).map(({ title }) => title)).toEqual([
      expect.stringMatching(/^At least 67 conversations unconfirmed/),
      'and up to 23 more conversations that failed or stayed unconfirmed',
    ]);
    const [resting] = fullReport(28).unclosable.items;
    if (resting === undefined) throw new Error('nothing rests');
    const report = { ...emptyReport(28), unclosable: { total: 3, items: [resting] } };
    expect(needsOf(around(seen([aRun()], { report }))).map(({ title }) => title)).toEqual([
      expect.stringMatching(/^At least 1 conversation could not be closed/),
      'and 2 more conversations that could not be closed three nights running',
    ]);
  });

  it('names the latest nights that did not run', () => {
    const [missing] = needsOf(around(seen([aRun()], { report: fullReport(28) }))).filter(
      ({ key }) => key === 'missing',
    );
    expect(missing?.title).toMatch(/^\d+ nights? of the last \d+ days did not run$/);
    expect(missing?.level).toBe('watch');
  });
});
