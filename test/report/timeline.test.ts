import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/domain/outcome.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';
import type { History, RecordedOutcome } from '../../src/report/ports.ts';
import { timelineOf } from '../../src/report/timeline.ts';
import { aMapping, anOutcome, aRequest, NOW } from '../domain/make.ts';

const NOTHING: History = {
  mapping: null,
  mappedAt: null,
  source: null,
  intendedAt: null,
  requests: [],
  outcomes: [],
  detailSince: null,
};

/** The look of run n, n days after the first. */
function look(n: number, changes: Partial<Outcome> = {}, dryRun = false): RecordedOutcome {
  return { ...anOutcome({ decidedAt: NOW + n * DAY, ...changes }), runId: n, dryRun };
}

const told = (history: Partial<History>, now = NOW) =>
  timelineOf({ ...NOTHING, ...history }, now).map(({ text }) => text);

describe('the timeline of a conversation', () => {
  it('is empty where nothing is recorded', () => {
    expect(told({})).toEqual([]);
  });

  it('tells everything, oldest first', () => {
    const history: Partial<History> = {
      mapping: aMapping({
        startedAt: NOW - 9 * DAY,
        lastActivityAt: NOW - 7 * DAY,
        holdUntil: NOW + 20 * DAY,
      }),
      mappedAt: NOW - 8 * DAY,
      source: 'csv:list.csv',
      requests: [
        {
          ...aRequest({ requestedAt: NOW + 2 * DAY + HOUR, reason: 'spam' }),
          settledAt: NOW + 3 * DAY,
          outcome: 'closed',
        },
        { ...aRequest({ requestedAt: NOW + 9 * DAY, force: true }), settledAt: null, outcome: null },
      ],
      outcomes: [
        look(1, { detail: 'it was active 1h ago' }),
        look(2, { detail: 'it was active 2h ago' }),
        look(3, { outcome: 'closed', reason: 'requested', detail: null }),
        look(4, { detail: 'reopened after we closed it at …; it was active 3h ago' }),
        look(5, { detail: 'it was active 1m ago' }),
        look(6, { outcome: 'already_closed', reason: 'ended', remoteStatus: 'closed' }),
        look(7, { outcome: 'kept', reason: 'parked' }),
        look(8, { outcome: 'would_close', reason: 'stale' }, true),
      ],
      intendedAt: NOW + 10 * DAY,
    };
    expect(told(history)).toEqual([
      'session s-1 began',
      'mapped to that session (csv:list.csv)',
      'our side was last active',
      'kept (active_recently) in 2 runs (1 to 2) until 2026-11-12T03:00:00.000Z: the last time: it was active 2h ago',
      'its close was asked for by cli (spam)',
      'run 3: closed (requested): this answered the request by cli',
      'run 4: kept (active_recently): reopened after we closed it at …; it was active 3h ago',
      'run 5: kept (active_recently): it was active 1m ago',
      'run 6: already closed (ended)',
      'run 7: kept (parked): it was alive again',
      'dry run 8: would close (stale)',
      'its close was asked for by cli, whoever is active',
      'a close was about to be sent; what became of it is not known yet',
      'its hold ends',
    ]);
  });

  it('folds equal outcomes that follow each other, and tells from when to when in which runs', () => {
    const outcomes = [
      ...Array.from({ length: 12 }, (_, n) => look(n + 1)),
      look(13, { reason: 'parked' }),
      look(14),
      look(15, {}, true),
      look(16, {}, true),
    ];
    const events = timelineOf({ ...NOTHING, outcomes }, NOW);
    expect(events.map(({ at, until, runs, dryRun }) => [at, until, runs.length, dryRun])).toEqual([
      [NOW + DAY, NOW + 12 * DAY, 12, false],
      [NOW + 13 * DAY, null, 1, false],
      [NOW + 14 * DAY, null, 1, false],
      [NOW + 15 * DAY, NOW + 16 * DAY, 2, true],
    ]);
    expect(events[0]?.text).toMatch(/^kept \(active_recently\) in 12 runs \(1 to 12\) until /);
    expect(events[3]?.text).toMatch(/^kept \(active_recently\) in 2 dry runs/);
  });

  it('tells the trouble of the last of those that went wrong, and that it rests', () => {
    const failed = { outcome: 'failed', reason: 'close', httpStatus: 403, errorCode: 'no' } as const;
    const outcomes = [1, 2, 3].map((n) => look(n, { ...failed, correlationId: `c-${n}` }));
    expect(told({ mapping: aMapping({ restsUntil: NOW + 9 * DAY }), outcomes })).toEqual([
      'session s-1 began',
      'our side was last active',
      'failed (close) in 3 runs (1 to 3) until 2026-11-13T03:00:00.000Z: status 403; no; correlation id c-3',
      'it rests until 2026-11-19T03:00:00.000Z: it could not be closed three nights running',
    ]);
  });

  it('does not fold failures that differ', () => {
    const failed = { outcome: 'failed', reason: 'inspect' } as const;
    expect(
      told({ outcomes: [look(1, { ...failed, httpStatus: 503 }), look(2, { ...failed, httpStatus: 504 })] }),
    ).toHaveLength(2);
  });

  it('tells of the end of a request whose outcome is not there', () => {
    const settled = { ...aRequest(), settledAt: NOW, outcome: 'already_closed' as const };
    expect(told({ requests: [settled] })).toEqual([
      'its close was asked for by cli',
      'the request by cli was settled: already closed',
    ]);
  });

  it('says where outcomes were pruned, if it was there by then', () => {
    const mapping = aMapping({ startedAt: NOW - 50 * DAY });
    const history = { mapping, detailSince: NOW - 40 * DAY };
    expect(told(history)[1]).toMatch(/^outcomes before this day were pruned/);
    expect(told({ ...history, mapping: aMapping() }).join()).not.toContain('pruned');
  });

  it('says of a hold that is over that it ended', () => {
    const mapping = aMapping({ holdUntil: NOW - HOUR });
    expect(told({ mapping })).toContain('its hold ended');
  });
});
