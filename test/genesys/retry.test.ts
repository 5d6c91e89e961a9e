import { describe, expect, it } from 'vitest';
import { ApiError, type ApiFailure } from '../../src/domain/errors.ts';
import { backOffMs, type Repeatable, retryDelayMs } from '../../src/genesys/retry.ts';

const LEAST = () => 0;
const MOST = () => 1 - Number.EPSILON;

/** The waits, in ms, until it is given up. */
function waits(failure: ApiFailure, operation: Repeatable, status: number | null = null): number[] {
  const error = new ApiError('it failed', { failure, status });
  const delays: number[] = [];
  for (let repeats = 0; repeats < 100; repeats++) {
    const delay = retryDelayMs(error, repeats, operation, LEAST);
    if (delay === null) return delays;
    delays.push(delay);
  }
  throw new Error('it never gives up');
}

describe('how often, and after how long, a failed attempt is repeated', () => {
  it.each<[what: string, ApiFailure, status: number | null, read: number[], close: number[]]>([
    ['never sent', 'never_sent', null, [1_000, 2_000, 4_000], [1_000, 2_000, 4_000]],
    ['no answer', 'lost', null, [1_000, 2_000, 4_000], []],
    ['408', 'lost', 408, [1_000, 2_000, 4_000], []],
    ['500', 'lost', 500, [1_000, 2_000], []],
    ['502', 'lost', 502, [1_000, 2_000, 4_000], []],
    ['503', 'lost', 503, [1_000, 2_000, 4_000], []],
    ['504', 'lost', 504, [1_000, 2_000, 4_000], []],
    ['429', 'rate_limited', 429, Array(30).fill(0), Array(30).fill(0)],
    ['401, which is the token’s affair', 'unauthorized', 401, [], []],
    ['403', 'forbidden', 403, [], []],
    ['400, 404 and 409', 'refused', 409, [], []],
    ['2xx that is not JSON', 'not_json', 200, [], []],
  ])('%s', (_, failure, status, read, close) => {
    expect(waits(failure, { repeatable: true, optional: false }, status)).toEqual(read);
    expect(waits(failure, { repeatable: false, optional: false }, status)).toEqual(close);
  });

  it('429 of what the run can do without: not for as long', () => {
    expect(waits('rate_limited', { repeatable: true, optional: true }, 429)).toEqual(Array(10).fill(0));
    expect(waits('lost', { repeatable: true, optional: true }, 503)).toEqual([1_000, 2_000, 4_000]);
  });

  it.each([502, 504])('%i of what can be asked for in parts: not at all, half of it may do', (status) => {
    const operation = { repeatable: true, optional: false, divisible: true };
    expect(waits('lost', operation, status)).toEqual([]);
    expect(waits('lost', operation, 503)).toEqual([1_000, 2_000, 4_000]);
  });

  it('waits up to a quarter longer, so that those who failed together do not return together', () => {
    expect(backOffMs(2, LEAST)).toBe(4_000);
    expect(backOffMs(2, () => 0.5)).toBe(4_500);
    expect(backOffMs(2, MOST)).toBeCloseTo(5_000);
  });
});
