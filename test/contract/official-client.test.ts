import type { Models } from 'purecloud-platform-client-v2';
import { describe, expect, it } from 'vitest';
import { DAY, MINUTE, toIso } from '../../src/domain/time.ts';
import { openQuery } from '../../src/genesys/discover-api.ts';
import { SIMULATED_CLIENT } from '../../src/simulator/options.ts';
import { type ConversationKind, isActive } from '../../src/simulator/record.ts';
import { NOW, type Official, officialClient } from './official-client.ts';

// The SDK's type wants a whole conversation where the API takes a single field.
const DISCONNECT = { state: 'disconnected' } as Models.Conversation;
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

const idOf = ({ simulator }: Official, kind: ConversationKind) => {
  const id = simulator.world.list().find((record) => record.kind === kind)?.id;
  if (id === undefined) throw new Error(`no ${kind}`);
  return id;
};

describe('the official client, unmodified', () => {
  it('logs in and learns how long the token is good', async () => {
    const there = await officialClient({ tokenLifetimeSeconds: 600 });
    expect(await there.login()).toMatchObject({
      accessToken: expect.any(String),
      tokenExpiryTime: expect.any(Number),
    });
    expect(there.simulator.log).toMatchObject([{ route: 'token', status: 200 }]);
  });

  it('is not let in with a wrong secret', async () => {
    const there = await officialClient();
    await expect(there.login('wrong')).rejects.toMatchObject({
      response: {
        status: 400,
        data: { error: 'invalid_client', error_description: 'authentication failed' },
      },
    });
  });

  it('reads an active and an ended conversation', async () => {
    const there = await officialClient();
    await there.login();
    const active = await there.conversations.getConversationsMessage(idOf(there, 'waiting_in_queue'));
    expect(active.participants?.map(({ purpose, state }) => [purpose, state])).toEqual([
      ['customer', 'connected'],
      ['workflow', 'disconnected'],
      ['acd', 'connected'],
    ]);
    const ended = await there.conversations.getConversationsMessage(idOf(there, 'closed'));
    expect(ended.participants?.every(({ endTime }) => endTime !== undefined)).toBe(true);
  });

  it('closes a conversation, sees the end in the answer, and reads it again', async () => {
    const there = await officialClient();
    await there.login();
    const id = idOf(there, 'agent_customer_silent');
    const answer = await there.conversations.patchConversationsMessage(id, DISCONNECT);
    expect(answer.endTime).toBe(toIso(NOW));
    expect(answer.participants.flatMap(({ messages }) => messages?.[0]?.state)).not.toContain('connected');
    const read = await there.conversations.getConversationsMessage(id);
    expect(read.participants?.filter(({ endTime }) => endTime === undefined)).toEqual([]);
    expect(there.simulator.world.account().find((entry) => entry.id === id)).toMatchObject({
      status: 'closed',
      endedBy: 'api',
      effectivePatches: 1,
    });
  });

  it.each([400, 404, 409] as const)(
    'gets %i for closing an ended one, as chosen',
    async (patchEndedStatus) => {
      const there = await officialClient({ patchEndedStatus });
      await there.login();
      const close = there.conversations.patchConversationsMessage(idOf(there, 'abandoned'), DISCONNECT);
      await expect(close).rejects.toMatchObject({ status: patchEndedStatus });
    },
  );

  it('gets 404 for an id that nobody knows', async () => {
    const there = await officialClient();
    await there.login();
    await expect(there.conversations.getConversationsMessage(UNKNOWN)).rejects.toMatchObject({
      status: 404,
      code: 'not.found',
      contextId: expect.any(String),
    });
  });

  it('gets 401 without a token and after its life', async () => {
    const there = await officialClient({ tokenLifetimeSeconds: 300 });
    await there.login();
    there.clock.now += 5 * MINUTE;
    await expect(there.tokens.getTokensMe()).rejects.toMatchObject({
      status: 401,
      code: 'credentials.expired',
    });
  });

  it('gets 403 that names the missing permission', async () => {
    const missing = 'conversation:communication:disconnect';
    const there = await officialClient({ missingPermissions: [missing] });
    await there.login();
    const id = idOf(there, 'with_bot');
    await expect(there.conversations.patchConversationsMessage(id, DISCONNECT)).rejects.toMatchObject({
      status: 403,
      code: 'missing.permissions',
      message: expect.stringContaining(missing),
    });
  });

  it('gets 429 beyond the rate limit', async () => {
    const there = await officialClient({ rateLimit: { allowed: 1, windowMs: MINUTE } });
    await there.login();
    await there.tokens.getTokensMe();
    await expect(there.tokens.getTokensMe()).rejects.toMatchObject({
      status: 429,
      code: 'too.many.requests.retry.after',
    });
  });

  it('reads analytics by ids, in its own way of listing them', async () => {
    const there = await officialClient();
    await there.login();
    const [ended, active] = [idOf(there, 'closed'), idOf(there, 'parked')];
    const { conversations } = await there.analytics.getAnalyticsConversationsDetails({
      id: [ended, active, UNKNOWN],
    });
    expect(conversations?.map((one) => [one.conversationId, one.conversationEnd !== undefined])).toEqual([
      [ended, true],
      [active, false],
    ]);
    expect(conversations?.[1]?.participants?.[0]?.sessions?.[0]).toMatchObject({
      mediaType: 'message',
      messageType: 'webmessaging',
    });
  });

  it('queries analytics for what is open with the very body that the program sends', async () => {
    const there = await officialClient();
    await there.login();
    const since = NOW - 7 * DAY;
    const started = there.simulator.world.list().filter(({ startedAt }) => startedAt >= since);
    const open = started.filter((one) => isActive(one) && one.messageType === 'webmessaging');
    const query = (number: number) =>
      there.analytics.postAnalyticsConversationsDetailsQuery(
        openQuery({
          period: { since, until: NOW },
          wanted: { messageTypes: ['webmessaging'], queueIds: [], userIds: [] },
          page: { number, size: 30 },
          divisible: true,
        }),
      );
    const [first, second] = [await query(1), await query(2)];
    const shown = [...(first.conversations ?? []), ...(second.conversations ?? [])];
    const within = shown.filter((one) => Date.parse(one.conversationStart ?? '') >= since);
    expect(within.map(({ conversationId }) => conversationId).sort()).toEqual(
      open.map(({ id }) => id).sort(),
    );
    expect(first.totalHits).toBe(shown.length);
    expect(shown.filter(({ conversationEnd }) => conversationEnd !== undefined)).toEqual([]);
  });

  it('gets 400 for a query of more than it may ask for', async () => {
    const there = await officialClient();
    await there.login();
    const interval = `${toIso(NOW - 7 * DAY)}/${toIso(NOW)}`;
    for (const query of [
      { interval, paging: { pageSize: 101, pageNumber: 1 } },
      { interval: `${toIso(NOW - 32 * DAY)}/${toIso(NOW)}` },
    ]) {
      const asked = there.analytics.postAnalyticsConversationsDetailsQuery(query);
      await expect(asked).rejects.toMatchObject({ status: 400, code: 'bad.request' });
    }
  });

  it('asks whose token it has and which organisation it is in', async () => {
    const organization = { id: '11111111-1111-4111-8111-111111111111', name: 'Example Ltd' };
    const there = await officialClient({ organization });
    await there.login();
    expect(await there.tokens.getTokensMe()).toMatchObject({
      organization,
      OAuthClient: { id: SIMULATED_CLIENT.clientId },
    });
    expect(await there.organizations.getOrganizationsMe()).toMatchObject(organization);
  });
});
