import { describe, expect, it } from 'vitest';
import { EXIT, type ExitCode } from '../../src/domain/errors.ts';
import { beatOf, isFailure, isNight, occasionOf } from '../../src/notify/when.ts';
import { aNight } from './nights.ts';

const ALL = { on: ['failure', 'refusal', 'change'], isWhole: true } as const;
const night = (code: ExitCode, counts = {}) => aNight(code, counts);
/** What is kept of such a night. */
const keptOf = (exitCode: ExitCode, counts = {}) => ({
  exitCode,
  failed: isFailure(night(exitCode, counts)),
});
const WELL = keptOf(EXIT.ok);

/** How it ended, what went wrong in it; what is told after a night that was well, after one like it, and the beat. */
const TABLE: readonly (readonly [ExitCode, object, string | null, string | null, string | null])[] = [
  [EXIT.ok, {}, null, null, 'success'],
  [EXIT.unexpected, {}, 'failure', 'failure', 'fail'],
  [EXIT.usage, {}, 'failure', 'failure', 'fail'],
  [EXIT.incomplete, { failed: 1 }, 'failure', 'failure', 'fail'],
  [EXIT.incomplete, { unconfirmed: 1 }, 'failure', 'failure', 'fail'],
  [EXIT.incomplete, { expired: 1 }, 'change', null, 'success'],
  [EXIT.auth, {}, 'failure', 'failure', 'fail'],
  [EXIT.refused, {}, 'refusal', 'refusal', 'fail'],
  [EXIT.workLeft, {}, 'change', null, 'success'],
  [EXIT.unavailable, {}, 'failure', 'failure', 'fail'],
  [EXIT.database, {}, 'failure', 'failure', 'fail'],
  [EXIT.leaseHeld, {}, null, null, null],
  [EXIT.interrupted, {}, null, null, null],
  [EXIT.terminated, {}, 'change', null, null],
];

describe('what is told of a night', () => {
  it.each(TABLE)('that ended with %i and %j', (exitCode, counts, afterWell, afterSame, beat) => {
    expect(occasionOf(night(exitCode, counts), WELL, ALL)).toBe(afterWell);
    expect(occasionOf(night(exitCode, counts), keptOf(exitCode, counts), ALL)).toBe(afterSame);
    expect(beatOf(night(exitCode, counts))).toBe(beat);
  });

  it('knows every exit code', () => {
    expect(new Set(TABLE.map(([code]) => code))).toEqual(new Set(Object.values(EXIT)));
  });

  it('takes a first night to follow one that was well', () => {
    expect(occasionOf(night(EXIT.ok), null, ALL)).toBeNull();
    expect(occasionOf(night(EXIT.workLeft), null, ALL)).toBe('change');
  });

  it.each([EXIT.auth, EXIT.refused, EXIT.incomplete, EXIT.workLeft, EXIT.terminated])(
    'is a change when all is well after %i',
    (exitCode) => {
      expect(occasionOf(night(EXIT.ok), keptOf(exitCode), ALL)).toBe('change');
    },
  );

  it('is a change when no failure is left of it, with the same exit code', () => {
    const [failing, expiring] = [{ failed: 1 }, { expired: 1 }];
    const told = (counts: object, before: object, on = ALL.on as readonly ('failure' | 'change')[]) =>
      occasionOf(night(EXIT.incomplete, counts), keptOf(EXIT.incomplete, before), { on, isWhole: true });
    expect(told(expiring, failing)).toBe('change');
    expect(told(expiring, expiring)).toBeNull();
    expect(told(failing, expiring)).toBe('failure');
    expect(told(failing, expiring, ['change'])).toBe('change');
    expect(told(failing, failing, ['change'])).toBeNull();
  });

  it('is what the settings ask for, and the next best where a night is several', () => {
    const told = (code: ExitCode, ...on: ('failure' | 'refusal' | 'change')[]) =>
      occasionOf(night(code), WELL, { on, isWhole: true });
    expect(told(EXIT.auth, 'refusal')).toBeNull();
    expect(told(EXIT.auth, 'change')).toBe('change');
    expect(told(EXIT.refused, 'failure')).toBeNull();
    expect(told(EXIT.workLeft, 'failure', 'refusal')).toBeNull();
  });

  it('of a part of the work is never a change', () => {
    const part = { ...ALL, isWhole: false };
    expect(occasionOf(night(EXIT.workLeft), WELL, part)).toBeNull();
    expect(occasionOf(night(EXIT.auth), WELL, part)).toBe('failure');
  });

  it('without a run is a failure also where the code alone would not say so', () => {
    expect(occasionOf({ exitCode: EXIT.incomplete, report: null }, null, ALL)).toBe('failure');
  });

  it('is not compared with what was no night', () => {
    expect(Object.values(EXIT).filter((exitCode) => !isNight({ exitCode }))).toEqual([11, 130]);
  });
});
