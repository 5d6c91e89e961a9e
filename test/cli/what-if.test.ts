import { describe, expect, it } from 'vitest';
import { parseWhatIf } from '../../src/cli/what-if.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';

describe('--what-if', () => {
  it.each<[string, object, object]>([
    ['stale-after=12h', { staleAfterMs: 12 * HOUR }, { staleAfter: '12h' }],
    ['staleAfter=12h', { staleAfterMs: 12 * HOUR }, { staleAfter: '12h' }],
    [
      ' stale-after = 1d12h , stale-after-with-agent=3d',
      { staleAfterMs: 36 * HOUR, staleAfterWithAgentMs: 3 * DAY },
      { staleAfter: '36h', staleAfterWithAgent: '72h' },
    ],
    [
      'stale-after-with-agent=staleAfter',
      { staleAfterWithAgentMs: null },
      { staleAfterWithAgent: 'staleAfter' },
    ],
  ])('reads %s', (text, changes, asked) => {
    expect(parseWhatIf(text)).toEqual({ changes, asked });
  });

  it.each([
    ['stale-aftr=12h', /cannot ask about "stale-aftr" \(did you mean stale-after\?\)/],
    ['stale-after-agent=12h', /did you mean stale-after-with-agent\?/],
    ['colour=red', /cannot ask about "colour"; give stale-after=12h or stale-after-with-agent=12h\.$/],
    ['stale-after', /stale-after has no value; give stale-after=12h/],
    ['stale-after=', /--what-if: staleAfter has no value/],
    ['stale-after=12', /--what-if: staleAfter cannot be "12" \(12 has no unit; did you mean 12h\?\)/],
    ['stale-after=1s', /staleAfter cannot be "1s"; give a duration .* from 1m/],
    ['stale-after=12h,stale-after=13h', /stale-after is given twice/],
    ['stale-after=12h,', /cannot ask about ""/],
    ['__proto__=1h', /cannot ask about "__proto__"/],
  ])('refuses %s in a sentence', (text, says) => {
    expect(() => parseWhatIf(text)).toThrow(UsageError);
    expect(() => parseWhatIf(text)).toThrow(says);
  });
});
