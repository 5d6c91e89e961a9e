import { describe, expect, it } from 'vitest';
import { ApiError, type ApiFailure, AuthError } from '../../src/domain/errors.ts';
import { createHealth, type Health } from '../../src/sweep/health.ts';

type Look = ApiFailure | 'answered';

function healthAfter(looks: readonly Look[]): Health {
  const health = createHealth();
  for (const look of looks) {
    if (look === 'answered') health.answered();
    else health.failed(new ApiError(`it was ${look}`, { failure: look }));
  }
  return health;
}

const times = (count: number, look: Look): Look[] => Array.from({ length: count }, () => look);

describe('what must end a run', () => {
  const cases: [string, readonly Look[], typeof AuthError | null][] = [
    ['nothing has happened', [], null],
    ['nine of nine are forbidden', times(9, 'forbidden'), null],
    ['ten of ten are forbidden', times(10, 'forbidden'), AuthError],
    ['ten are forbidden after one that was not', ['answered', ...times(10, 'forbidden')], null],
    ['ten are forbidden after one that was refused', ['refused', ...times(10, 'forbidden')], null],
    ['ten are forbidden after one that was not JSON', ['not_json', ...times(10, 'forbidden')], null],
    ['ten are forbidden after two that were not', ['answered', 'refused', ...times(10, 'forbidden')], null],
    ['ten are forbidden and some were lost', [...times(3, 'lost'), ...times(10, 'forbidden')], AuthError],
    ['a hundred in a row are lost, which is the client’s to notice', times(100, 'lost'), null],
  ];
  it.each(cases)('when %s', (_, looks, expected) => {
    const verdict = healthAfter(looks).verdict();
    if (expected === null) expect(verdict).toBeNull();
    else expect(verdict).toBeInstanceOf(expected);
  });

  it('is told with what was answered', () => {
    expect(healthAfter(times(10, 'forbidden')).verdict()).toMatchObject({
      message: 'Genesys Cloud forbids all of the first 10 conversations: it was forbidden.',
      cause: { failure: 'forbidden' },
    });
  });
});

describe('what a short run suffered from', () => {
  it.each<[string, readonly Look[], string | null]>([
    ['nothing', [], null],
    [
      'one of one forbidden',
      ['forbidden'],
      'Genesys Cloud forbids all of the first conversation: it was forbidden.',
    ],
    [
      'three of three forbidden',
      times(3, 'forbidden'),
      'Genesys Cloud forbids all of the first 3 conversations: it was forbidden.',
    ],
    ['one of two forbidden', ['answered', 'forbidden'], null],
    ['one lost', ['lost'], null],
  ])('%s', (_, looks, message) => {
    expect(healthAfter(looks).finalVerdict()?.message ?? null).toBe(message);
  });
});
