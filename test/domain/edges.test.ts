import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ApiError,
  AuthError,
  DatabaseError,
  EXIT,
  type ExitCode,
  ExpectedError,
  LeaseHeldError,
  UnavailableError,
  UsageError,
  worstExit,
} from '../../src/domain/errors.ts';
import { parseConversationId } from '../../src/domain/ids.ts';
import { DAY, HOUR, humanDuration, MINUTE, parseInstant, SECOND, toIso } from '../../src/domain/time.ts';

describe('the exit code when several apply', () => {
  const order: ExitCode[] = [9, 4, 5, 8, 130, 143, 6, 3, 0];

  it.each(order.slice(1).map((lesser, at) => [order[at] as ExitCode, lesser] as const))(
    '%i beats %i',
    (worse, lesser) => {
      expect(worstExit([lesser, worse])).toBe(worse);
      expect(worstExit([worse, lesser])).toBe(worse);
    },
  );

  it('is 0 when none does', () => {
    expect(worstExit([])).toBe(0);
  });

  it('is never 0 when one of them is not', () => {
    const codes = fc.constantFrom(...Object.values(EXIT));
    fc.assert(
      fc.property(fc.array(codes), (list) => {
        const worst = worstExit(list);
        expect(worst === 0 ? list.every((code) => code === 0) : list.includes(worst)).toBe(true);
      }),
    );
  });
});

describe('expected errors', () => {
  it.each([
    [new ExpectedError('x', EXIT.incomplete), 3],
    [new UsageError('x'), 2],
    [new DatabaseError('x'), 9],
    [new LeaseHeldError('x'), 11],
    [new AuthError('x'), 4],
    [new UnavailableError('x'), 8],
  ])('%s ends with exit code %i', (error, code) => {
    expect(error).toBeInstanceOf(ExpectedError);
    expect(error).toMatchObject({ exitCode: code, name: error.constructor.name });
  });

  it('of the API say null for what is not known, and keep their cause', () => {
    const cause = new Error('reset');
    expect(new ApiError('x', { failure: 'lost', cause })).toMatchObject({
      name: 'ApiError',
      failure: 'lost',
      status: null,
      code: null,
      correlationId: null,
      cause,
    });
  });
});

describe('a conversation id', () => {
  const id = '0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f';
  it.each([
    [id, id],
    [` ${id.toUpperCase()}\n`, id],
    ['', null],
    [id.slice(1), null],
    [`${id}0`, null],
    [id.replaceAll('-', ''), null],
    [`{${id}}`, null],
    [id.replace('a', 'g'), null],
    [`${id}/../x`, null],
    [`${id}\n${id}`, null],
  ])('%j is %j', (text, expected) => {
    expect(parseConversationId(text)).toBe(expected);
  });
});

describe('a moment as text', () => {
  it.each([
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T09:30Z', '2026-11-01T09:30:00.000Z'],
    ['2026-11-01T09:30:15.5Z', '2026-11-01T09:30:15.500Z'],
    ['2026-11-01 09:30:15+02:00', '2026-11-01T07:30:15.000Z'],
    ['2026-11-01T09:30:15.123456789-0530', '2026-11-01T15:00:15.123Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2026-11-01t09:30:00z', '2026-11-01T09:30:00.000Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, expected) => {
    expect(toIso(parseInstant(text) ?? Number.NaN)).toBe(expected);
  });

  it.each([
    '',
    'now',
    '1762000000000',
    '2026-11-01T09:30:00',
    '2026-11-01 09:30',
    '2026-02-29',
    '2026-02-30T10:00:00Z',
    '2026-04-31T10:00:00+01:00',
    '2026-13-01',
    '2026-00-10',
    '2026-11-00',
    '2026-11-01T25:00:00Z',
    '2026-11-01T09:60:00Z',
    '2026-11-01T09:30:00+25:00',
    '01/11/2026',
    ' 2026-11-01',
    '-2026-11-01',
    '+02026-11-01',
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00+01:00',
  ])('%j is none', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it('comes back as it went in', () => {
    const moments = fc.integer({ min: Date.UTC(2000), max: Date.UTC(2100) });
    fc.assert(
      fc.property(moments, (moment) => {
        expect(parseInstant(toIso(moment))).toBe(moment);
      }),
    );
  });

  it('is null or a moment that can be stored, for every text', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789-+:TZ. '), maxLength: 30 });
    fc.assert(
      fc.property(fc.oneof(digits, fc.string(), fc.date().map(String)), (text) => {
        const moment = parseInstant(text);
        expect(moment === null || /^\d{4}-/.test(toIso(moment))).toBe(true);
      }),
    );
  });
});

describe('a duration for people', () => {
  it.each([
    [0, '0s'],
    [-5, '0s'],
    [499, '0s'],
    [500, '1s'],
    [59 * SECOND, '59s'],
    [MINUTE, '1m'],
    [HOUR + SECOND, '1h'],
    [93_784_000, '1d 2h'],
    [DAY + MINUTE, '1d'],
    [MINUTE + 5 * SECOND, '1m 5s'],
    [400 * DAY, '400d'],
  ])('%i ms is %s', (ms, expected) => {
    expect(humanDuration(ms)).toBe(expected);
  });
});
