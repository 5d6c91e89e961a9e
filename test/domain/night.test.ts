import { describe, expect, it } from 'vitest';
import { type NightEnd, type OffRecord, offRecord } from '../../src/domain/night.ts';
import type { RunState } from '../../src/domain/run.ts';

const night = (startedAt: number, finishedAt: number, hadRun = false): NightEnd => ({
  ...{ startedAt, finishedAt, exitCode: 9, message: 'The database is locked.', hadRun },
});

describe('a night that the record does not tell of', () => {
  it.each<[string, NightEnd | null, [number, RunState] | null, OffRecord | null]>([
    ['none is known', null, [10, 'done'], null],
    ['none is known, and none on record', null, null, null],
    ['the first of all could not begin', night(5, 6), null, 'could_not_begin'],
    ['it could not begin, after one that is on record', night(11, 12), [10, 'done'], 'could_not_begin'],
    ['it could not begin, and one is on record since', night(5, 6), [10, 'done'], null],
    ['it could not begin while another was at work', night(11, 12), [10, 'running'], 'could_not_begin'],
    ['its own run has no end on record', night(9, 12), [10, 'running'], 'could_not_conclude'],
    ['its own run is on record with its end', night(9, 12), [10, 'failed'], null],
    ['another run began after it and is at work', night(5, 6), [10, 'running'], null],
    ['it had a run', night(11, 12, true), [10, 'done'], null],
    ['it had a run, and there is no other', night(11, 12, true), null, null],
  ])('%s', (_, end, last, expected) => {
    const run = last === null ? null : { startedAt: last[0], state: last[1] };
    expect(offRecord(end, run)).toBe(expected);
  });
});
