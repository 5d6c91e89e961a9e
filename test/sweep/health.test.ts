import { describe, expect, it } from 'vitest';
import { ApiError, type ApiFailure, AuthError, UnavailableError } from '../../src/domain/errors.ts';
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
  const cases: [string, readonly Look[], typeof AuthError | typeof UnavailableError | null][] = [
    ['nothing has happened', [], null],
    ['nine of nine are forbidden', times(9, 'forbidden'), null],
    ['ten of ten are forbidden', times(10, 'forbidden'), AuthError],
    ['ten are forbidden after one that was not', ['answered', ...times(10, 'forbidden')], null],
    ['ten are forbidden after one that was refused', ['refused', ...times(10, 'forbidden')], null],
    ['ten are forbidden after one that was not JSON', ['not_json', ...times(10, 'forbidden')], null],
    ['ten are forbidden and some were lost', [...times(3, 'lost'), ...times(10, 'forbidden')], AuthError],
    ['nineteen in a row are lost', times(19, 'lost'), null],
    ['twenty in a row are lost', times(20, 'lost'), UnavailableError],
    ['twenty in a row never left', times(20, 'never_sent'), UnavailableError],
    [
      'twenty are lost, with an answer between',
      [...times(10, 'lost'), 'answered', ...times(10, 'lost')],
      null,
    ],
    ['twenty are lost, with a 403 between', [...times(10, 'lost'), 'forbidden', ...times(10, 'lost')], null],
    ['twenty in a row are not JSON', times(20, 'not_json'), UnavailableError],
  ];
  it.each(cases)('when %s', (_, looks, expected) => {
    const verdict = healthAfter(looks).verdict();
    if (expected === null) expect(verdict).toBeNull();
    else expect(verdict).toBeInstanceOf(expected);
  });

  it('is told with what was answered', () => {
    expect(healthAfter(times(10, 'forbidden')).verdict()?.message).toBe(
      'Genesys Cloud forbids all of the first 10 conversations: it was forbidden.',
    );
    expect(healthAfter(times(20, 'lost')).verdict()?.message).toContain(
      'did not answer for 20 conversations in a row (it was lost)',
    );
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
