import { describe, expect, it } from 'vitest';
import { HOUR, toIso } from '../../src/domain/time.ts';
import { id, mappingRow, T0, tempStore } from './fixtures.ts';

describe('a hold', () => {
  it('is set on the mapped ones, and the others are named', () => {
    const { store, user } = tempStore();
    store.intake.putMappings([mappingRow(1), mappingRow(2)], 'csv', T0);
    expect(store.holds.hold([id(1), id(9)], T0 + 5 * HOUR, T0 + HOUR)).toEqual([id(9)]);
    expect(store.work.known(id(1)).mapping?.holdUntil).toBe(T0 + 5 * HOUR);
    expect(store.work.known(id(2)).mapping?.holdUntil).toBeNull();
    expect(user.prepare('SELECT updated_at FROM mappings WHERE conversation_id = ?').get(id(1))).toEqual({
      updated_at: toIso(T0 + HOUR),
    });
  });

  it('is released by null', () => {
    const { store } = tempStore();
    store.intake.putMappings([mappingRow(1)], 'csv', T0);
    store.holds.hold([id(1)], T0 + 5 * HOUR, T0);
    expect(store.holds.hold([id(1)], null, T0)).toEqual([]);
    expect(store.work.known(id(1)).mapping?.holdUntil).toBeNull();
  });
});

describe('the conversations of a session', () => {
  it('are its open ones, oldest first', () => {
    const { store, user } = tempStore();
    const rows = [3, 1, 2, 4].map((n) => mappingRow(n, { sessionId: 's', startedAt: T0 + n * HOUR }));
    store.intake.putMappings([...rows, mappingRow(5)], 'csv', T0);
    user
      .prepare(`UPDATE mappings SET state = 'closed', state_at = started_at WHERE conversation_id = ?`)
      .run(id(2));
    expect(store.holds.conversationsOf('s')).toEqual([1, 3, 4].map(id));
    expect(store.holds.conversationsOf('nobody')).toEqual([]);
  });
});
