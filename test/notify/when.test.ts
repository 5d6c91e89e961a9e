import { describe, expect, it } from 'vitest';
import { EXIT, type ExitCode } from '../../src/domain/errors.ts';
import { beatOf, isNight, occasionOf } from '../../src/notify/when.ts';
import { aNight } from './nights.ts';

const ALL = { on: ['failure', 'refusal', 'change'], isWhole: true } as const;
const night = (code: ExitCode, counts = {}) => aNight(code, counts);

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
    expect(occasionOf(night(exitCode, counts), { exitCode: EXIT.ok }, ALL)).toBe(afterWell);
    expect(occasionOf(night(exitCode, counts), { exitCode }, ALL)).toBe(afterSame);
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
      expect(occasionOf(night(EXIT.ok), { exitCode }, ALL)).toBe('change');
    },
  );

  it('is what the settings ask for, and the next best where a night is several', () => {
    const after = { exitCode: EXIT.ok };
    const told = (code: ExitCode, ...on: ('failure' | 'refusal' | 'change')[]) =>
      occasionOf(night(code), after, { on, isWhole: true });
    expect(told(EXIT.auth, 'refusal')).toBeNull();
    expect(told(EXIT.auth, 'change')).toBe('change');
    expect(told(EXIT.refused, 'failure')).toBeNull();
    expect(told(EXIT.workLeft, 'failure', 'refusal')).toBeNull();
  });

  it('of a part of the work is never a change', () => {
    const part = { ...ALL, isWhole: false };
    expect(occasionOf(night(EXIT.workLeft), { exitCode: EXIT.ok }, part)).toBeNull();
    expect(occasionOf(night(EXIT.auth), { exitCode: EXIT.ok }, part)).toBe('failure');
  });

  it('without a run is a failure also where the code alone would not say so', () => {
    expect(occasionOf({ exitCode: EXIT.incomplete, report: null }, null, ALL)).toBe('failure');
  });

  it('is not compared with what was no night', () => {
    expect(Object.values(EXIT).filter((exitCode) => !isNight({ exitCode }))).toEqual([11, 130]);
  });
});
