import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/domain/time.ts';
import { id, mappingRow, T0, tempStore } from './fixtures.ts';

describe('what the mapping knows', () => {
  it('is the state of each mapped conversation, and nothing of the others', () => {
    const { store, user } = tempStore();
    store.intake.putMappings(
      [1, 2, 3].map((n) => mappingRow(n)),
      'csv',
      T0,
    );
    user.exec(
      `UPDATE mappings SET state = 'closed', state_at = started_at WHERE conversation_id = '${id(2)}'`,
    );
    expect(store.discover.statesOf([id(1), id(2), id(9)])).toEqual(
      new Map([
        [id(1), 'open'],
        [id(2), 'closed'],
      ]),
    );
    expect(store.discover.statesOf([])).toEqual(new Map());
  });

  it('are the open mappings that started in a period, page by page', () => {
    const { store, user } = tempStore();
    const rows = [1, 2, 3, 4, 5].map((n) => mappingRow(n, { startedAt: T0 + n * DAY }));
    store.intake.putMappings(rows, 'csv', T0);
    user.exec(`UPDATE mappings SET state = 'gone', state_at = started_at WHERE conversation_id = '${id(3)}'`);
    const period = { since: T0 + 2 * DAY, until: T0 + 5 * DAY };
    const first = store.discover.pageOpen(period, null, 1);
    expect(first).toEqual([
      { conversationId: id(2), sessionId: 'session-2', startedAt: T0 + 2 * DAY, lastActivityAt: null },
    ]);
    const rest = store.discover.pageOpen(period, id(2), 10);
    expect(rest.map(({ conversationId }) => conversationId)).toEqual([id(4)]);
    expect(store.discover.pageOpen(period, id(4), 10)).toEqual([]);
  });
});
