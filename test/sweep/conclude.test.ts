import { describe, expect, it } from 'vitest';
import type { ExitCode } from '../../src/domain/errors.ts';
import { type Counts, noCounts, type RunKind } from '../../src/domain/run.ts';
import { conclude } from '../../src/sweep/conclude.ts';

interface Case {
  readonly kind?: RunKind;
  readonly dryRun?: boolean;
  readonly counts?: Partial<Counts>;
  readonly codes?: readonly ExitCode[];
  readonly sentences?: readonly string[];
  readonly unread?: number;
  readonly maxCloses?: number;
}

function concluded(one: Case) {
  return conclude({
    kind: one.kind ?? 'sweep',
    dryRun: one.dryRun ?? false,
    counts: { ...noCounts(), ...one.counts },
    ending: { codes: one.codes ?? [], sentences: one.sentences ?? [] },
    unread: one.unread ?? 0,
    maxCloses: one.maxCloses ?? 500,
  });
}

describe('the code and the state with which a run ends', () => {
  const cases: [string, Case, ExitCode, string][] = [
    ['nothing to do', {}, 0, 'done'],
    ['closed all', { counts: { closed: 5, kept: 2, alreadyClosed: 1 } }, 0, 'done'],
    ['not found', { counts: { notFound: 1 } }, 0, 'done'],
    ['ten, and none of them found', { counts: { notFound: 10, inspected: 10 } }, 3, 'done'],
    ['nine, and none of them found', { counts: { notFound: 9, inspected: 9 } }, 0, 'done'],
    ['ten not found, and one that was', { counts: { notFound: 10, inspected: 11 } }, 0, 'done'],
    ['failed', { counts: { failed: 1 } }, 3, 'done'],
    ['unconfirmed', { counts: { unconfirmed: 1 } }, 3, 'done'],
    ['expired', { counts: { expired: 1 } }, 3, 'done'],
    ['intents that could not be read', { unread: 1 }, 3, 'done'],
    ['a close that kept', { kind: 'close', counts: { kept: 1 } }, 3, 'done'],
    ['a close that found nothing', { kind: 'close', counts: { notFound: 1 } }, 3, 'done'],
    ['a close that was not attempted', { kind: 'close', counts: { notAttempted: 1 } }, 3, 'done'],
    ['a close of what had ended', { kind: 'close', counts: { alreadyClosed: 1 } }, 0, 'done'],
    ['a webhook that kept', { kind: 'webhook', counts: { kept: 1 } }, 0, 'done'],
    ['work left', { codes: [6] }, 6, 'stopped'],
    ['work left and failures', { codes: [6], counts: { failed: 1 } }, 6, 'stopped'],
    ['unavailable and work left', { codes: [6, 8] }, 8, 'stopped'],
    ['refused and unavailable', { codes: [8, 5] }, 5, 'refused'],
    ['forbidden and refused', { codes: [5, 4] }, 4, 'failed'],
    ['interrupted with work left', { codes: [130, 6] }, 130, 'interrupted'],
    ['terminated with failures', { codes: [143], counts: { failed: 1 } }, 143, 'interrupted'],
    ['interrupted while unavailable', { codes: [130, 8] }, 8, 'stopped'],
  ];
  it.each(cases)('%s', (_, one, exitCode, state) => {
    expect(concluded(one)).toMatchObject({ exitCode, state });
  });
});

describe('the one line for the mail of cron', () => {
  const cases: [string, Case, string][] = [
    ['a quiet night', {}, 'Closed 0, kept 0, 0 had already ended, 0 left.'],
    [
      'everything at once',
      {
        counts: {
          closed: 4,
          kept: 3,
          alreadyClosed: 2,
          notFound: 1,
          notAttempted: 12,
          reopened: 5,
          recovered: 6,
          left: 7,
          failed: 8,
          unconfirmed: 9,
          expired: 10,
        },
        unread: 11,
        codes: [6],
        sentences: ['The time is used up.'],
      },
      'Closed 4, kept 3, 2 had already ended, 1 not found, 12 not attempted, 5 had been reopened, 6 recovered, 7 left. The time is used up. 8 failed: see nightsweep runs for why. 9 did not show as ended in time: the next run looks again. 10 close requests had become too old: ask again. 11 could not be read after the close: the next run finds out.',
    ],
    [
      'one that rests',
      { counts: { resting: 1 } },
      'Closed 0, kept 0, 0 had already ended, 0 left. 1 could not be closed three nights running and is tried once a week: nightsweep doctor lists what to report to Genesys.',
    ],
    [
      'two that rest',
      { counts: { resting: 2 } },
      'Closed 0, kept 0, 0 had already ended, 0 left. 2 could not be closed three nights running and are tried once a week: nightsweep doctor lists what to report to Genesys.',
    ],
    [
      'nothing found at all',
      { counts: { notFound: 10, inspected: 10 } },
      'Closed 0, kept 0, 0 had already ended, 10 not found, 0 left. Genesys Cloud knows none of the 10 that were read: check region, organisation and api, and set expectOrganization.',
    ],
    [
      'a dry run',
      { dryRun: true, counts: { wouldClose: 3 } },
      'Would close 3, kept 0, 0 had already ended, 0 left.',
    ],
    [
      'a dry run that finds more than a run may close',
      { dryRun: true, counts: { wouldClose: 3 }, maxCloses: 2 },
      'Would close 3, kept 0, 0 had already ended, 0 left. A real run would stop after 2 (maxCloses).',
    ],
    [
      'a dry run that finds just as many',
      { dryRun: true, counts: { wouldClose: 2 }, maxCloses: 2 },
      'Would close 2, kept 0, 0 had already ended, 0 left.',
    ],
  ];
  it.each(cases)('%s', (_, one, message) => {
    expect(concluded(one).message).toBe(message);
  });
});
