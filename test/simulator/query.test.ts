import { describe, expect, it } from 'vitest';
import { DAY, HOUR, toIso } from '../../src/domain/time.ts';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { mappingRows } from '../../src/simulator/population.ts';
import { createSimulator } from '../../src/simulator/simulator.ts';
import { conversation, idOf, NOW, running } from './running.ts';

const PATH = '/api/v2/analytics/conversations/details/query';
const interval = (from: number, to: number) => `${toIso(from)}/${toIso(to)}`;
const WEEK = interval(NOW - 7 * DAY, NOW);

const matches = (dimension: string, value: string) => ({
  type: 'dimension',
  dimension,
  operator: 'matches',
  value,
});
const filter = (type: 'and' | 'or', ...predicates: object[]) => ({ type, predicates });
const OPEN = [filter('and', { type: 'dimension', dimension: 'conversationEnd', operator: 'notExists' })];

async function world(options: Partial<SimulatorOptions> = {}) {
  const there = await running({
    conversations: [
      conversation(1, 'closed', 26 * HOUR),
      conversation(2, 'with_bot', 30 * HOUR),
      conversation(3, 'agent_customer_silent', 3 * DAY),
      conversation(4, 'other_message_type', 4 * DAY),
      conversation(5, 'waiting_in_queue', 5 * DAY),
    ],
    ...options,
  });
  return {
    ...there,
    query: (body: object) => there.call('POST', PATH, { interval: WEEK, ...body }),
    /** The numbers of the conversations that it finds. */
    find: async (body: object): Promise<number[]> => {
      const { json } = await there.call('POST', PATH, { interval: WEEK, ...body });
      return json.conversations.map((one: { conversationId: string }) =>
        Number(one.conversationId.slice(-12)),
      );
    },
  };
}

describe('a query of conversation details', () => {
  it('finds those that started in the interval, the oldest first', async () => {
    const there = await world();
    expect(await there.find({})).toEqual([5, 4, 3, 2, 1]);
    expect(await there.find({ order: 'desc', orderBy: 'conversationStart' })).toEqual([1, 2, 3, 4, 5]);
  });

  it('selects by the day of the start: a day that the interval touches comes whole', async () => {
    const there = await world();
    const { startedAt } = there.simulator.world.get(idOf(3)) ?? { startedAt: 0 };
    const day = Math.floor(startedAt / DAY) * DAY;
    const at = (from: number, to: number) => there.find({ interval: interval(from, to) });
    expect(await at(day, day + 1)).toEqual([3]);
    expect(await at(day + DAY - 1, day + DAY)).toEqual([3]);
    expect(await at(day - 2 * HOUR, day)).not.toContain(3);
    expect(await at(day + DAY, day + DAY + HOUR)).not.toContain(3);
  });

  it('filters by the end, and by what is in one segment', async () => {
    const there = await world();
    const queueId = there.simulator.world.get(idOf(5))?.participants.at(-1)?.queueId ?? '';
    const userId = there.simulator.world.get(idOf(3))?.participants.at(-1)?.userId ?? '';
    const find = (...segmentFilters: object[]) => there.find({ conversationFilters: OPEN, segmentFilters });
    expect(await find()).toEqual([5, 4, 3, 2]);
    expect(await find(filter('and', matches('messageType', 'webmessaging')))).toEqual([5, 3, 2]);
    expect(await find(filter('or', matches('queueId', queueId)))).toContain(5);
    expect(await find(filter('or', matches('queueId', queueId)))).not.toContain(2);
    expect(await find(filter('or', matches('userId', userId)))).toEqual([3]);
    expect(await find(filter('and', matches('mediaType', 'message'), matches('purpose', 'bot')))).toEqual([
      2,
    ]);
    expect(await find(filter('and', matches('purpose', 'bot'), matches('userId', userId)))).toEqual([]);
    const clauses = [filter('or', matches('purpose', 'bot')), filter('or', matches('purpose', 'agent'))];
    expect(await find({ type: 'or', clauses })).toEqual([3, 2]);
  });

  it('pages, and tells how many there are', async () => {
    const there = await world();
    const page = async (pageNumber: number) => {
      const { json } = await there.query({ paging: { pageSize: 2, pageNumber } });
      return [json.conversations.length, json.totalHits];
    };
    expect([await page(1), await page(2), await page(3), await page(4)]).toEqual([
      [2, 5],
      [2, 5],
      [1, 5],
      [0, 5],
    ]);
  });

  it.each<[string, object]>([
    ['a page of more than 100', { paging: { pageSize: 101, pageNumber: 1 } }],
    ['page 0', { paging: { pageSize: 10, pageNumber: 0 } }],
    ['results beyond 100,000', { paging: { pageSize: 100, pageNumber: 1_001 } }],
    ['more than 31 days', { interval: interval(NOW - 31 * DAY - 1, NOW) }],
    ['an interval that ends before it begins', { interval: interval(NOW, NOW - 1) }],
    ['an interval that is none', { interval: 'P1D' }],
    ['a dimension that nobody knows', { segmentFilters: [filter('and', matches('colour', 'red'))] }],
    ['a filter of another type', { conversationFilters: [{ type: 'not', predicates: [] }] }],
    ['a filter of nothing', { segmentFilters: [filter('or')] }],
    [
      'an operator that nobody knows',
      { conversationFilters: [filter('or', { dimension: 'conversationEnd', operator: 'like' })] },
    ],
    ['another order', { orderBy: 'segmentEnd' }],
  ])('refuses %s', async (_what, body) => {
    const { status, json } = await (await world()).query(body);
    expect([status, json.code]).toEqual([400, 'bad.request']);
  });

  it.each([400, 502] as const)(
    'answers %i when the interval holds too many, matching or not',
    async (status) => {
      const there = await world({ heavyQuery: { conversations: 3, status } });
      const ask = async (body: object) => (await there.query(body)).status;
      expect(await ask({ segmentFilters: [filter('and', matches('purpose', 'bot'))] })).toBe(status);
      expect(await ask({ interval: interval(NOW - 3 * DAY, NOW) })).toBe(200);
    },
  );

  it('lags', async () => {
    const there = await world({ analyticsLagMs: 2 * DAY });
    expect(await there.find({ conversationFilters: OPEN })).toEqual([5, 4, 3]);
  });

  it('needs the permission', async () => {
    const there = await world({ missingPermissions: ['analytics:conversationDetail:view'] });
    expect((await there.query({})).status).toBe(403);
  });
});

it('a world may have more than its mapping', () => {
  const { world } = createSimulator({ now: () => NOW, population: 20, unmapped: 5 });
  const mapped = mappingRows(1, 20, NOW).map(({ conversationId }) => conversationId);
  expect(world.list()).toHaveLength(25);
  expect(
    world
      .list()
      .slice(0, 20)
      .map(({ id }) => id),
  ).toEqual(mapped);
});
