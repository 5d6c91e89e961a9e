import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/domain/errors.ts';
import { createBreaker } from '../../src/genesys/breaker.ts';
import type { Reply } from '../../src/genesys/dispatch.ts';
import { watched } from '../../src/genesys/watched.ts';
import { START, VirtualClock } from '../helpers/virtual-clock.ts';
import { errorOf } from './under-test.ts';

const ATTEMPT = { method: 'GET', url: 'https://api.example.com/x', headers: {}, body: null } as const;
const CODED = '{"code":"some.code"}';
const HTML = '<html>';

/** A dispatch that always meets with this; what was told of it, and the pauses of all others. */
function watching(result: ApiError | Partial<Reply>) {
  const told: string[] = [];
  const pauses: number[] = [];
  const breaker = createBreaker();
  const dispatch = watched({
    dispatch: async () => {
      if (result instanceof ApiError) throw result;
      const at = { sentAt: START, answeredAt: START, receivedAt: START };
      return { status: 200, headers: {}, body: '', ...at, ...result };
    },
    breaker: {
      ...breaker,
      answered: () => {
        told.push('answered');
        breaker.answered();
      },
      failed: (why) => {
        told.push(`failed: ${why}`);
        breaker.failed(why);
      },
      turnedAway: (why) => {
        told.push(`turned away: ${why}`);
        breaker.turnedAway(why);
      },
    },
    pacer: { pauseFor: (ms) => void pauses.push(ms) },
    clock: new VirtualClock(),
    onAnswer: ({ status }) => void told.push(`from Genesys: ${status}`),
  });
  return { dispatch, told, pauses };
}

describe('an attempt', () => {
  it.each<[status: number, body: string, told: string[]]>([
    [200, '{}', ['answered', 'from Genesys: 200']],
    [202, '[]', ['answered', 'from Genesys: 202']],
    [400, CODED, ['answered', 'from Genesys: 400']],
    [403, CODED, ['answered', 'from Genesys: 403']],
    [404, CODED, ['answered', 'from Genesys: 404']],
    [409, CODED, ['answered', 'from Genesys: 409']],
    [200, HTML, ['failed: api.example.com answers with something that is not JSON']],
    [200, '', ['failed: api.example.com answers with something that is not JSON']],
    [302, '{}', ['failed: api.example.com answers 302']],
    [403, HTML, ['failed: api.example.com answers 403']],
    [404, '{"message":"no"}', ['failed: api.example.com answers 404']],
    [408, CODED, ['failed: api.example.com answers 408']],
    [500, CODED, ['failed: api.example.com answers 500']],
    [502, HTML, ['failed: api.example.com answers 502']],
    [503, CODED, ['failed: api.example.com answers 503']],
    [401, CODED, ['turned away: api.example.com answers 401']],
    [429, CODED, ['turned away: api.example.com answers 429']],
  ])('answered %i %j counts as %j', async (status, body, expected) => {
    const { dispatch, told } = watching({ status, body });
    expect(await dispatch(ATTEMPT)).toMatchObject({ status, body });
    expect(told).toEqual(expected);
  });

  it.each(['lost', 'never_sent'] as const)(
    'that was %s failed, and throws on what it met with',
    async (failure) => {
      const met = new ApiError('there was trouble', { failure });
      const { dispatch, told } = watching(met);
      expect(await errorOf(dispatch(ATTEMPT))).toBe(met);
      expect(told).toEqual(['failed: there was trouble']);
    },
  );

  it('keeps others waiting from the fifth failure on, as it begins and when it fails', async () => {
    const { dispatch, pauses } = watching({ status: 503, body: '' });
    for (let i = 0; i < 6; i++) await dispatch(ATTEMPT);
    expect(pauses).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 3_000, 3_000, 3_000]);
  });
});
