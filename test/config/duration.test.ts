import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/config/duration.ts';

const accepted = (value: number) => ({ ok: true, value });
const refused = (hint: string | null) => ({ ok: false, hint });

describe('a duration', () => {
  it.each([
    ['90s', accepted(90_000)],
    ['15m', accepted(900_000)],
    ['24h', accepted(86_400_000)],
    ['7d', accepted(604_800_000)],
    ['1h30m', accepted(5_400_000)],
    ['1d 2h 3m 4s', accepted(93_784_000)],
    ['0s', accepted(0)],
    [' 5m ', accepted(300_000)],
    ['24', refused('24 has no unit; did you mean 24h?')],
    ['24 hours', refused('did you mean 24h?')],
    ['5min', refused('did you mean 5m?')],
    ['24H', refused('did you mean 24h?')],
    ['1.5h', refused('did you mean 1h30m?')],
    ['2 weeks', refused('did you mean 14d?')],
    ['1 2h', refused(null)],
    ['30m1h', refused(null)],
    ['1h30', refused(null)],
    ['-5m', refused(null)],
    ['5 months', refused(null)],
    ['500ms', refused(null)],
    ['0.0001s', refused(null)],
    ['soon', refused(null)],
    ['', refused(null)],
  ])('given as "%s" is %o', (text, parsed) => {
    expect(parseDuration(text)).toEqual(parsed);
  });

  it('without a unit gets the usual unit of its setting suggested', () => {
    expect(parseDuration('15', 's')).toEqual(refused('15 has no unit; did you mean 15s?'));
  });

  it.each([
    [0, '0s'],
    [59_999, '59s'],
    [5_400_000, '1h30m'],
    [86_400_000, '24h'],
    [259_200_000, '72h'],
    [604_800_000, '7d'],
    [694_861_000, '8d1h1m1s'],
  ])('of %i ms is written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('is read back as it was written, for every number of seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400_000_000 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1000))).toEqual(accepted(seconds * 1000));
      }),
    );
  });

  it('is never guessed: what is accepted consists of numbers with units only', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789dhms .-e'.split('')) }), (text) => {
        const looksRight = /^\s*\d+[dhms]\s*(\d+[hms]\s*)*$/.test(text);
        expect(parseDuration(text).ok && !looksRight).toBe(false);
      }),
    );
  });
});
