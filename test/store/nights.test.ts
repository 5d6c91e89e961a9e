import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/domain/time.ts';
import { newRun, T0, tempStore } from './fixtures.ts';

describe('when the last night began', () => {
  it('is not known of a new record', () => {
    expect(tempStore().store.nights.lastBeganAt()).toBeNull();
  });

  it('is told by the last real, full sweep, whatever came of it', () => {
    const { store } = tempStore();
    store.runs.begin(newRun({ startedAt: T0 }));
    store.runs.begin(newRun({ startedAt: T0 + HOUR }));
    store.runs.begin(newRun({ startedAt: T0 + 2 * HOUR, dryRun: true }));
    store.runs.begin(newRun({ startedAt: T0 + 3 * HOUR, scope: 'limited' }));
    store.runs.begin(newRun({ startedAt: T0 + 4 * HOUR, kind: 'webhook', scope: 'requested' }));
    store.runs.begin(newRun({ startedAt: T0 + 5 * HOUR, kind: 'close', scope: 'requested' }));
    expect(store.nights.lastBeganAt()).toBe(T0 + HOUR);
  });
});
