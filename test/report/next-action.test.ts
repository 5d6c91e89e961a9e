import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/domain/time.ts';
import { nextAction, restingAction } from '../../src/report/next-action.ts';

const NOW = Date.parse('2026-11-10T00:00:00Z');
const failed = (changes: Partial<Parameters<typeof nextAction>[0]> = {}) =>
  nextAction(
    { outcome: 'failed', reason: 'inspect', httpStatus: 500, settledAs: null, restsUntil: null, ...changes },
    NOW,
  );

describe('what to do next', () => {
  it.each<[string, Parameters<typeof failed>[0], RegExp]>([
    ['it was closed since', { settledAs: 'closed' }, /^Nothing: .*closed/],
    ['it ended since', { settledAs: 'already_closed' }, /^Nothing: .*ended/],
    ['it is gone', { settledAs: 'not_found' }, /^Nothing: .*not know it/],
    ['it was kept since', { settledAs: 'kept', restsUntil: NOW + DAY }, /^Nothing: .*kept/],
    ['it rests', { outcome: 'unconfirmed', restsUntil: NOW + DAY }, /^Report it to Genesys/],
    ['it rested', { outcome: 'unconfirmed', restsUntil: NOW }, /^Nothing yet: .*took effect/],
    ['it rests because it is forbidden', { httpStatus: 403, restsUntil: NOW + DAY }, /^Grant .*once a week/],
    ['it is unconfirmed', { outcome: 'unconfirmed', httpStatus: 200 }, /^Nothing yet/],
    ['the credentials are wrong', { httpStatus: 401 }, /doctor/],
    ['it is forbidden', { httpStatus: 403 }, /^Grant .*next sweep/],
    ['there were too many requests', { httpStatus: 429 }, /ratePerMinute/],
    ['there was no answer', { httpStatus: null }, /^Nothing yet/],
    ['it took too long', { httpStatus: 408 }, /^Nothing yet/],
    ['the other side failed', { httpStatus: 503 }, /^Nothing yet/],
    ['the read was refused', { httpStatus: 400 }, /explain; if it cannot be read again/],
    ['the close was refused', { httpStatus: 409, reason: 'close' }, /explain; if the close is refused again/],
  ])('when %s', (_, changes, says) => {
    expect(failed(changes)).toMatch(says);
    expect(failed(changes)).toMatch(/\.$/);
  });

  it('for what rests', () => {
    expect(restingAction({ httpStatus: 403 })).toMatch(/^Grant/);
    expect(restingAction({ httpStatus: null })).toMatch(/^Report it to Genesys with its correlation id/);
  });
});
