import { describe, expect, it } from 'vitest';
import { type Headers, readRateLimit, readRetryAfterMs } from '../../src/genesys/rate-limit.ts';

const NOW = Date.UTC(2026, 0, 15, 2, 0, 0);

describe('Retry-After', () => {
  it.each<[text: string | undefined, ms: number | null]>([
    ['3', 3_000],
    ['0', 0],
    [' 42 ', 42_000],
    ['3600', 3_600_000],
    ['999999999', 999_999_999_000],
    ['9999999999', 9_999_999_999_000],
    ['99999999999999', Number.MAX_SAFE_INTEGER],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
    ['Thu, 15 Jan 2026 02:00:07 GMT', 7_000],
    // In the past.
    ['Thu, 15 Jan 2026 01:59:59 GMT', null],
    ['Thu, 15 Jan 2026 02:00:00 GMT', null],
    // Without a zone it would be read in that of this machine.
    ['Thu Jan 15 02:00:07 2026', null],
    ['Thu, 15 Jan 2026 02:00:07', null],
    ['Thu, 99 Foo 2026 02:00:07 GMT', null],
    ['2026-01-15T02:00:07Z', null],
    ['-3', null],
    ['1.5', null],
    ['1e3', null],
    ['1e9', null],
    ['0x10', null],
    ['soon', null],
    ['3 seconds', null],
    ['', null],
    [undefined, null],
  ])('%j is %j ms', (text, ms) => {
    expect(readRetryAfterMs({ 'retry-after': text }, NOW)).toBe(ms);
  });

  it('as a date is held against the clock that it comes from', () => {
    const headers = {
      date: 'Thu, 15 Jan 2026 02:20:00 GMT',
      'retry-after': 'Thu, 15 Jan 2026 02:20:07 GMT',
    };
    expect(readRetryAfterMs(headers, NOW)).toBe(7_000);
    expect(readRetryAfterMs({ ...headers, date: 'today' }, NOW)).toBe(20 * 60_000 + 7_000);
  });
});

describe('the limit that a reply tells', () => {
  const whole = {
    'inin-ratelimit-count': '299',
    'inin-ratelimit-allowed': '300',
    'inin-ratelimit-reset': '17',
  };

  it('is read from its three headers', () => {
    expect(readRateLimit(whole)).toEqual({ count: 299, allowed: 300, resetMs: 17_000 });
  });

  it.each<[what: string, change: Headers]>([
    ['no count', { 'inin-ratelimit-count': undefined }],
    ['no allowed', { 'inin-ratelimit-allowed': undefined }],
    ['no reset', { 'inin-ratelimit-reset': undefined }],
    ['a negative reset', { 'inin-ratelimit-reset': '-1' }],
    ['an empty count', { 'inin-ratelimit-count': '' }],
    ['a fraction', { 'inin-ratelimit-allowed': '300.5' }],
    ['words', { 'inin-ratelimit-reset': 'soon' }],
    ['nothing allowed at all', { 'inin-ratelimit-allowed': '0' }],
  ])('is not known with %s', (_, change) => {
    expect(readRateLimit({ ...whole, ...change })).toBeNull();
  });
});
