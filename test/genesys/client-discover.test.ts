import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DiscoverApi, OpenPage, OpenQuery } from '../../src/discover/ports.ts';
import { ApiError, UnavailableError } from '../../src/domain/errors.ts';
import { DAY } from '../../src/domain/time.ts';
import { createDiscoverApi } from '../../src/genesys/discover-api.ts';
import { analyticsConversation } from '../../src/simulator/analytics-view.ts';
import { population } from '../../src/simulator/population.ts';
import { isActive } from '../../src/simulator/record.ts';
import { tries } from '../helpers/fuzz.ts';
import { jsonReply, type Scripted, scriptedServer } from '../helpers/scripted-server.ts';
import { START } from '../helpers/virtual-clock.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { broken } from './mutations.ts';
import {
  asItIs,
  clientFor,
  context,
  errorOf,
  ID,
  selfRunningClock,
  type UnderTest,
  underTest,
} from './under-test.ts';

const PERIOD = { since: START - 30 * DAY, until: START };
const WANTED = { messageTypes: ['webmessaging'], queueIds: [], userIds: [] };
const query = (changes: Partial<OpenQuery> = {}): OpenQuery => ({
  period: PERIOD,
  wanted: WANTED,
  page: { number: 1, size: 100 },
  divisible: true,
  ...changes,
});

function apiOf({ client }: Pick<UnderTest, 'client'>): DiscoverApi {
  if (client.discover === null) throw new Error('this contract has none');
  return client.discover;
}

const statuses = (there: UnderTest) => there.requests('query').map(({ status }) => status);

describe('asking analytics what is open', () => {
  it('tells each with its start, queue and agent; requests count as surveys', async () => {
    const there = await underTest();
    const page = await apiOf(there).openIn(query(), context());
    const record = there.simulator.world.get(ID);
    const [only] = page.conversations;
    expect(page).toMatchObject({ entries: 1, unreadable: 0, total: 1 });
    expect(only).toMatchObject({
      conversationId: ID,
      startedAt: record?.startedAt,
      queueId: record?.participants.at(-1)?.queueId,
      agentConnected: true,
    });
    expect(there.client.remote.figures()).toMatchObject({ surveys: 1, tokens: 1, total: 2 });
  });

  it('does not exist in the gateway contract', async () => {
    expect((await underTest({ client: { contract: 'gateway' } })).client.discover).toBeNull();
  });

  it.each(['502', '504'] as const)(
    'repeats a %s only where half of it cannot be asked for',
    async (fault) => {
      const there = await underTest();
      there.failNext('query', fault);
      const error = await errorOf(apiOf(there).openIn(query(), context()));
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ failure: 'lost', status: Number(fault) });
      expect(statuses(there)).toEqual([Number(fault)]);

      there.failNext('query', fault, fault);
      const page = await apiOf(there).openIn(query({ divisible: false }), context());
      expect(page.entries).toBe(1);
      expect(statuses(there).slice(1)).toEqual([Number(fault), Number(fault), 200]);
    },
  );

  it.each(['429', '500', '503', 'reset_before', 'cut', 'timeout', '401'] as const)(
    'rides out %s like any other read',
    async (fault) => {
      const there = await underTest();
      there.failNext('query', fault);
      expect((await apiOf(there).openIn(query(), context())).entries).toBe(1);
      expect(there.requests('query')).toHaveLength(2);
    },
  );

  it('ends with a daily limit', async () => {
    const there = await underTest();
    there.failAlways('query', { kind: '429', retryAfter: '3600' });
    expect(await errorOf(apiOf(there).openIn(query(), context()))).toBeInstanceOf(UnavailableError);
  });

  it('names the permission that is missing', async () => {
    const missing = 'analytics:conversationDetail:view';
    const there = await underTest({ simulator: { missingPermissions: [missing] } });
    const error = await errorOf(apiOf(there).openIn(query(), context()));
    expect(error).toMatchObject({ failure: 'forbidden', message: expect.stringContaining(missing) });
  });

  it('knows which ids are known, ended or not', async () => {
    const there = await underTest({
      simulator: { conversations: [conversation(1, 'closed'), conversation(2, 'parked')] },
    });
    const known = await apiOf(there).knownOf([idOf(1), idOf(2), idOf(3)], context());
    expect([...known].sort()).toEqual([idOf(1), idOf(2)]);
  });
});

const RECORDS = population(11, 60, START).filter(isActive);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What the API makes of one reply. */
async function read(reply: Scripted): Promise<OpenPage> {
  const { url } = await scriptedServer(({ path }) =>
    path === '/oauth/token' ? jsonReply({ access_token: 't', expires_in: 86_400 }) : reply,
  );
  return apiOf({ client: clientFor(url, selfRunningClock()) }).openIn(query(), context());
}

const entry = (changes: object = {}) => ({
  conversationId: ID,
  conversationStart: '2025-12-30T08:00:00.000Z',
  participants: [],
  ...changes,
});

describe('what analytics answers', () => {
  it.each<[string, object]>([
    ['an id that is none', { conversationId: '../../../oauth/token' }],
    ['an id that could steer a terminal', { conversationId: `\x1b[2J${ID}` }],
    ['no id', { conversationId: null }],
    ['a start that is no time', { conversationStart: 'yesterday' }],
    ['no start', { conversationStart: undefined }],
    ['an end that is no time', { conversationEnd: 'soon' }],
    ['participants that are none', { participants: 'all' }],
    ['a segment that is none', { participants: [{ sessions: [{ segments: [7] }] }] }],
  ])('with %s is counted, and does not hide the others', async (_what, changes) => {
    const page = await read(jsonReply({ conversations: [entry(changes), entry()], totalHits: 2 }));
    expect(page.conversations.map(({ conversationId }) => conversationId)).toEqual([ID]);
    expect(page).toMatchObject({ entries: 2, unreadable: 1 });
  });

  it.each<[string, object]>([
    ['has ended', { conversationEnd: '2025-12-30T09:00:00.000Z' }],
    ['is of another kind', { participants: [{ sessions: [{ messageType: 'WhatsApp' }] }] }],
  ])('is left out when it %s, though that was not asked for', async (_what, changes) => {
    const page = await read(jsonReply({ conversations: [entry(changes), entry()], totalHits: 2 }));
    expect(page).toMatchObject({ conversations: [{ conversationId: ID }], entries: 2, unreadable: 0 });
    expect(page.conversations).toHaveLength(1);
  });

  it('shows no text of others: a queue is a UUID or nothing', async () => {
    const segments = [
      { segmentType: 'interact', segmentStart: '2025-12-30T08:00:00Z', queueId: '\x1b]0;x\x07' },
    ];
    const participants = [{ purpose: 'acd', sessions: [{ messageType: 'WEBMESSAGING', segments }] }];
    const { conversations } = await read(jsonReply({ conversations: [entry({ participants })] }));
    expect(conversations).toMatchObject([{ queueId: null, agentConnected: false }]);
  });

  it.each([
    ['alert', undefined, false],
    ['interact', undefined, true],
    ['interact', '2025-12-30T08:05:00Z', false],
    ['wrapup', undefined, false],
  ])(
    'an agent in a segment of %s that ended at %s: connected is %s',
    async (segmentType, segmentEnd, connected) => {
      const segments = [{ segmentType, segmentStart: '2025-12-30T08:00:00Z', segmentEnd }];
      const participants = [{ purpose: 'agent', sessions: [{ messageType: 'webmessaging', segments }] }];
      const { conversations } = await read(jsonReply({ conversations: [entry({ participants })] }));
      expect(conversations[0]?.agentConnected).toBe(connected);
    },
  );

  it('broken in any way is refused, or told with ids and moments only', async () => {
    const replies = [0, 1, 2].map((page) => ({
      conversations: RECORDS.slice(page * 5, page * 5 + 5).map((one) => analyticsConversation(one, START)),
      totalHits: 15,
    }));
    let told = 0;
    await fc.assert(
      fc.asyncProperty(broken(replies), async (raw) => {
        const api = createDiscoverApi(async () => raw, asItIs);
        const page = await api.openIn(query(), context()).catch((error) => {
          expect(error).toBeInstanceOf(ApiError);
          return null;
        });
        for (const one of page?.conversations ?? []) {
          told++;
          expect(one.conversationId).toMatch(UUID);
          expect(one.queueId ?? idOf(1)).toMatch(UUID);
          expect([one.startedAt, one.lastChangeAt ?? 0].every(Number.isFinite)).toBe(true);
          expect([true, false, null]).toContain(one.agentConnected);
        }
      }),
      tries(500),
    );
    expect(told).toBeGreaterThan(500);
  });

  it('with nothing in it is nothing', async () => {
    expect(await read(jsonReply({}))).toEqual({ conversations: [], entries: 0, unreadable: 0, total: null });
  });

  it.each<[string, Scripted]>([
    ['a list', jsonReply([])],
    ['conversations that are none', jsonReply({ conversations: 'many' })],
    ['a total that is none', jsonReply({ totalHits: -1 })],
    ['a page of a proxy', { body: '<html></html>' }],
    ['half of itself', { body: '{"conversations":[' }],
  ])('with %s is not understood', async (_what, reply) => {
    expect(await errorOf(read(reply))).toMatchObject({ name: 'ApiError', failure: 'not_json' });
  });
});
