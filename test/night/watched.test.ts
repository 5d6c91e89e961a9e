import { describe, expect, it } from 'vitest';
import { AuthError, EXIT } from '../../src/domain/errors.ts';
import { noCounts, noRequests } from '../../src/domain/run.ts';
import { SECOND } from '../../src/domain/time.ts';
import type { Night, NightReport, NightWatcher } from '../../src/night/ports.ts';
import { watched } from '../../src/night/watched.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

const REPORT: NightReport & Pick<Night, 'exitCode' | 'message'> = {
  run: { id: 7, kind: 'sweep', scope: 'full', state: 'done' },
  counts: { ...noCounts(), closed: 3 },
  keptReasons: {},
  requests: noRequests(),
  exitCode: EXIT.ok,
  message: 'Closed 3.',
};

function aStage() {
  const clock = new VirtualClock();
  const told: (Night | 'begun')[] = [];
  const warnings: string[] = [];
  const watcher: NightWatcher = {
    name: 'the watcher',
    begun: async () => void told.push('begun'),
    ended: async (night) => void told.push(night),
  };
  const log = { debug: () => {}, info: () => {}, warn: (text: string) => void warnings.push(text) };
  const redact = (text: string) => text.replaceAll('s3cret', '[redacted]');
  return { clock, told, warnings, watcher, parts: { clock, log, redact, watchers: [watcher] } };
}

/** A watcher whose begin takes until it is let go. */
function aSlowOne(told: (Night | 'begun')[]) {
  let letGo = () => {};
  const watcher: NightWatcher = {
    name: 'the slow one',
    begun: () =>
      new Promise((resolve) => {
        letGo = () => {
          told.push('begun');
          resolve();
        };
      }),
    ended: async (night) => void told.push(night),
  };
  return { watcher, letGo: () => letGo() };
}

describe('a night that is watched', () => {
  it('is told with its report', async () => {
    const { told, parts, clock } = aStage();
    const startedAt = clock.now();
    await expect(watched(parts, async () => REPORT)).resolves.toBe(REPORT);
    expect(told).toEqual([
      'begun',
      { startedAt, finishedAt: clock.now(), exitCode: 0, message: 'Closed 3.', report: REPORT },
    ]);
  });

  it.each([
    [new AuthError('The secret s3cret is wrong.'), EXIT.auth, 'The secret [redacted] is wrong.'],
    [new Error('a bug'), EXIT.unexpected, 'a bug'],
  ])('is told also where it had no run: %s', async (error, exitCode, message) => {
    const { told, parts } = aStage();
    await expect(watched(parts, () => Promise.reject(error))).rejects.toBe(error);
    expect(told).toEqual(['begun', expect.objectContaining({ exitCode, message, report: null })]);
  });

  it('is none the worse for a watcher that throws, and the others are told', async () => {
    const { told, warnings, parts, watcher } = aStage();
    const broken: NightWatcher = {
      name: 'the broken one',
      begun: () => Promise.reject(new Error('no way to s3cret')),
      ended: () => {
        throw new Error('still none');
      },
    };
    const watchers = [broken, watcher];
    await expect(watched({ ...parts, watchers }, async () => REPORT)).resolves.toBe(REPORT);
    expect(told).toHaveLength(2);
    expect(warnings).toEqual(['the broken one: no way to [redacted]', 'the broken one: still none']);
  });

  it('does not wait for a watcher to be done with its begin, but tells it of the end only then', async () => {
    const { told, warnings, parts, clock } = aStage();
    const { watcher, letGo } = aSlowOne(told);
    const whole = watched({ ...parts, watchers: [watcher] }, async () => REPORT);
    await clock.untilSleeping();
    expect(told, 'the night is over').toEqual([]);
    letGo();
    await expect(whole).resolves.toBe(REPORT);
    expect(told).toEqual(['begun', expect.objectContaining({ exitCode: 0 })]);
    expect(warnings).toEqual([]);
    expect(clock.sleepers).toBe(0);
  });

  it.each<[string, () => Promise<typeof REPORT>]>([
    ['well', async () => REPORT],
    ['badly', () => Promise.reject(new AuthError('The secret is wrong.'))],
  ])('ends %s also beside a watcher that never comes back from its begin', async (_, night) => {
    const { told, warnings, parts, clock, watcher } = aStage();
    const { watcher: hanging } = aSlowOne([]);
    const whole = watched({ ...parts, watchers: [hanging, watcher] }, night).catch((error) => error);
    await clock.untilSleeping();
    await clock.advance(5 * SECOND);
    expect(await whole).toEqual(await night().catch((error) => error));
    expect(told).toHaveLength(2);
    expect(warnings).toEqual([
      'the slow one: it was still busy with the begin of the night, and was not told of its end.',
    ]);
  });
});
