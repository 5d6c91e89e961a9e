import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noCounts, noRequests } from '../../src/domain/run.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { parseFamilies } from '../../src/metrics/exposition.ts';
import { recordText } from '../../src/metrics/record.ts';
import type { Store } from '../../src/store/store.ts';
import { id, mappingRow, newRun, outcome, T0, tempStore } from '../store/fixtures.ts';
import { figuresOf } from './reading.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-/i;

/** A sweep that has ended, with these outcomes. */
function night(
  store: Store,
  day: number,
  outcomes: readonly Parameters<typeof outcome>[1][],
  { exitCode = 0, ...changes }: Parameters<typeof newRun>[0] & { exitCode?: 0 | 5 | 6 } = {},
): number {
  const startedAt = T0 + day * DAY;
  const runId = store.runs.begin(newRun({ startedAt, ...changes }));
  for (const [n, one] of outcomes.entries()) {
    store.ledger.record(runId, outcome(n + 1, { decidedAt: startedAt + n, ...one }), null, startedAt + n);
  }
  const counts = { ...noCounts(), candidates: outcomes.length, reopened: 1, left: 4 };
  store.runs.finish(runId, {
    ...{ counts, requests: noRequests(), state: 'done', exitCode, message: '', finishedAt: startedAt + HOUR },
  });
  return runId;
}

const ask = async (store: Store, day: number) =>
  parseFamilies(await recordText(figuresOf(store, T0 + day * DAY), 48 * HOUR));
const valueIn = (families: Awaited<ReturnType<typeof ask>>, sample: string) =>
  families.get(sample.replace(/\{.*/, ''))?.samples.get(sample);

describe('what the metrics tell of the record', () => {
  it('is little where there was no night yet, and nothing of a success', async () => {
    const { store } = tempStore();
    const told = await ask(store, 0);
    expect([...told.keys()].filter((name) => name.includes('_last_'))).toEqual([]);
    expect(valueIn(told, 'nightsweep_outcomes_total{outcome="closed",reason="stale"}')).toBe(0);
    expect(valueIn(told, 'nightsweep_oldest_active_age_seconds')).toBe(0);
  });

  it('is of a night that could not begin, until one on record is later', async () => {
    const { store } = tempStore();
    night(store, 1, [{ outcome: 'kept', reason: 'parked' }], { exitCode: 0 });
    const unrecorded = { startedAt: T0 + 2 * DAY, finishedAt: T0 + 2 * DAY + 5_000, exitCode: 4 as const };
    const told = async (day: number) =>
      parseFamilies(await recordText(figuresOf(store, T0 + day * DAY), 48 * HOUR, unrecorded));
    const second = await told(2);
    expect(valueIn(second, 'nightsweep_last_start_timestamp_seconds')).toBe((T0 + 2 * DAY) / 1000);
    expect(valueIn(second, 'nightsweep_last_duration_seconds')).toBe(5);
    expect(valueIn(second, 'nightsweep_last_exit_code')).toBe(4);
    expect(valueIn(second, 'nightsweep_last_success_timestamp_seconds')).toBe((T0 + DAY + HOUR) / 1000);
    night(store, 3, [], { exitCode: 0 });
    expect(valueIn(await told(3), 'nightsweep_last_exit_code')).toBe(0);
  });

  it('is of the last sweep, the last success, and of real runs only', async () => {
    const { store } = tempStore();
    night(store, 1, [{ outcome: 'kept', reason: 'parked' }], { exitCode: 6 });
    night(store, 2, [{ outcome: 'failed', reason: 'close' }], { exitCode: 5 });
    night(store, 3, [{ outcome: 'would_close', reason: 'stale' }], { dryRun: true });
    night(store, 4, [{ outcome: 'kept', reason: 'parked' }], { kind: 'webhook', scope: 'requested' });
    const told = await ask(store, 5);
    expect(valueIn(told, 'nightsweep_last_start_timestamp_seconds')).toBe((T0 + 2 * DAY) / 1000);
    expect(valueIn(told, 'nightsweep_last_end_timestamp_seconds')).toBe((T0 + 2 * DAY + HOUR) / 1000);
    expect(valueIn(told, 'nightsweep_last_duration_seconds')).toBe(3600);
    expect(valueIn(told, 'nightsweep_last_exit_code')).toBe(5);
    expect(valueIn(told, 'nightsweep_last_success_timestamp_seconds')).toBe((T0 + DAY + HOUR) / 1000);
    expect(valueIn(told, 'nightsweep_last_outcomes{outcome="failed",reason="close"}')).toBe(1);
    expect(valueIn(told, 'nightsweep_last_outcomes{outcome="kept",reason="parked"}')).toBe(0);
    expect(valueIn(told, 'nightsweep_last_conversations{count="left"}')).toBe(4);
    expect(valueIn(told, 'nightsweep_outcomes_total{outcome="kept",reason="parked"}')).toBe(2);
    expect(valueIn(told, 'nightsweep_reopened_total')).toBe(3);
    expect([...told.values()].flatMap(({ samples }) => [...samples.keys()]).join()).not.toContain(
      'would_close',
    );
  });

  it('while a sweep is at work: it has begun, and the rest is of the one before', async () => {
    const { store } = tempStore();
    night(store, 1, []);
    store.runs.begin(newRun({ startedAt: T0 + 2 * DAY }));
    const told = await ask(store, 2);
    expect(valueIn(told, 'nightsweep_last_start_timestamp_seconds')).toBe((T0 + 2 * DAY) / 1000);
    expect(valueIn(told, 'nightsweep_last_end_timestamp_seconds')).toBe((T0 + DAY + HOUR) / 1000);
    expect(valueIn(told, 'nightsweep_last_conversations{count="left"}')).toBe(4);
  });

  it('counts what waits as a report does', () => {
    const { store, user } = tempStore();
    store.intake.putMappings(
      Array.from({ length: 9 }, (_, n) => mappingRow(n)),
      'csv:a',
      T0,
    );
    const now = T0 + 2 * DAY;
    store.holds.hold([id(1), id(2)], now + DAY, T0);
    store.holds.hold([id(3)], now - 1, T0);
    user.exec(
      `UPDATE mappings SET rests_until = '2099-01-01T00:00:00.000Z' WHERE conversation_id IN ('${id(2)}', '${id(4)}')`,
    );
    user.exec(
      `UPDATE mappings SET state = 'closed', state_at = started_at WHERE conversation_id = '${id(5)}'`,
    );
    user.exec(
      `UPDATE mappings SET started_at = '2025-02-27T00:00:00.000Z' WHERE conversation_id = '${id(6)}'`,
    );
    const told = figuresOf(store, now);
    expect(told).toMatchObject({ onHold: 2, resting: 2, oldestOpenAt: T0 - 2 * DAY });
    expect(told.due).toBe(store.report.due(now, 24 * HOUR).n);
    expect(told.due).toBe(5);
  });

  it('counters never fall, over nights and prunes, whether counted anew or added up', () => {
    const aNight = fc.array(fc.constantFrom('kept', 'already_closed', 'failed'), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.oneof(aNight, fc.constant('prune' as const)), { maxLength: 10 }), (steps) => {
        const { store } = tempStore();
        const totalAt = (now: number) => figuresOf(store, now).outcomes.reduce((sum, { n }) => sum + n, 0);
        let [day, expected] = [0, 0];
        for (const step of steps) {
          day += 2;
          const now = T0 + day * DAY;
          // Days later everything is counted anew; what comes then is added to it.
          expect(totalAt(now - 2 * MINUTE)).toBe(expected);
          if (step === 'prune') store.pruning.removeOutcomes({ before: now, watchedSince: now }, null);
          else {
            night(
              store,
              day,
              step.map((kind) => ({ outcome: kind, reason: null })),
            );
            expected += step.length;
          }
          expect(totalAt(now)).toBe(expected);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('has no id in any label, whatever somebody has put into the record', async () => {
    const { store, user } = tempStore();
    const run = night(store, 1, []);
    user
      .prepare(`INSERT INTO outcomes (run_id, conversation_id, outcome, reason, origin, remote_status, requests, decided_at)
        VALUES (?, ?, 'kept', ?, 'cli', 'active', 1, '2025-03-02T00:00:00.000Z')`)
      .run(run, id(7), `because of ${id(7)}"} 1\nevil_total 2`);
    const text = await recordText(figuresOf(store, T0 + 2 * DAY), 48 * HOUR);
    expect(text).toContain('nightsweep_outcomes_total{outcome="kept",reason="other"} 1');
    expect(text).not.toMatch(UUID);
    expect(text).not.toContain('evil');
  });
});
