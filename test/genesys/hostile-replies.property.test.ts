import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import { ApiError, AuthError, UnavailableError } from '../../src/domain/errors.ts';
import { createAnalyticsApi } from '../../src/genesys/analytics-api.ts';
import type { Reply } from '../../src/genesys/dispatch.ts';
import { createGatewayApi } from '../../src/genesys/gateway-api.ts';
import { createPlatformApi } from '../../src/genesys/platform-api.ts';
import { readMessageConversation } from '../../src/genesys/platform-conversation.ts';
import { replyError } from '../../src/genesys/reply-errors.ts';
import { createTokenSource } from '../../src/genesys/token.ts';
import { analyticsConversation } from '../../src/simulator/analytics-view.ts';
import { gatewayConversation } from '../../src/simulator/gateway-view.ts';
import { messageConversation, patchedConversation } from '../../src/simulator/platform-view.ts';
import { population } from '../../src/simulator/population.ts';
import { aMapping, aPolicy, aRequest } from '../domain/make.ts';
import { tries } from '../helpers/fuzz.ts';
import { jsonReply, scriptedServer } from '../helpers/scripted-server.ts';
import { START, VirtualClock } from '../helpers/virtual-clock.ts';
import { broken } from './mutations.ts';
import { mayCloseByPolicy, mayCloseForPerson, provenEnd } from './oracle.ts';
import { clientFor, context, errorOf, selfRunningClock } from './under-test.ts';

const SAME_CLOCK = (at: number) => at;

const RECORDS = population(11, 120, START);
const READS = RECORDS.map(messageConversation);
const POLICY = aPolicy();
const LATER = START + 3 * POLICY.staleAfterMs;
/** Nothing that could steer a terminal, and no more than a screen. */
const PRINTABLE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{0,400}$/u;

const idIn = (raw: unknown): string => {
  const { id } = (raw ?? {}) as { id?: unknown };
  return READS.find((one) => one.id === id)?.id ?? READS[0]?.id ?? '';
};
const byPolicy = (raw: unknown, id: string, now: number) =>
  mayCloseByPolicy(raw, id, now, POLICY.staleAfterMs, POLICY.platformTimerGraceMs);

describe('a reply to a read, broken in any way', () => {
  it('never leads to a close that an independent reading of it does not allow', () => {
    let closes = 0;
    fc.assert(
      fc.property(broken(READS), fc.constantFrom(START, LATER), fc.boolean(), (raw, now, asked) => {
        const id = idIn(raw);
        const conversation = readMessageConversation(id, raw);
        expect(conversation.problem ?? '').toMatch(PRINTABLE);
        const request = asked ? aRequest({ conversationId: id, requestedAt: now, force: true }) : null;
        const mapping = aMapping({ conversationId: id, lastActivityAt: null, startedAt: 0 });
        const { action, sentence } = decide(conversation, mapping, request, POLICY, now);
        expect(sentence.length).toBeLessThan(3_000);
        if (action !== 'close') return;
        closes++;
        expect(asked ? mayCloseForPerson(raw, id) : byPolicy(raw, id, now)).toBe(true);
      }),
      tries(2_000),
    );
    expect(closes).toBeGreaterThan(150);
  });

  it('of the gateway is ended only when it says so, and unreadable unless it has a status', async () => {
    await fc.assert(
      fc.asyncProperty(broken(RECORDS.map(gatewayConversation)), async (raw) => {
        const id = idIn(raw);
        const api = createGatewayApi(async () => raw, SAME_CLOCK, null);
        const conversation = await api.read(id, context());
        const { status } = (raw ?? {}) as { status?: unknown };
        const word = typeof status === 'string' ? status.toLowerCase() : '';
        if (conversation === null || conversation.status === 'unknown') return;
        expect(word).not.toBe('');
        expect(conversation.status).toBe(['closed', 'abandoned'].includes(word) ? word : 'active');
        const mapping = aMapping({ conversationId: id, lastActivityAt: null });
        expect(decide(conversation, mapping, null, POLICY, LATER).action).not.toBe('close');
      }),
      tries(500),
    );
  });

  it('through a real socket is decided in the same way, for both contracts', async () => {
    const replies: { id: string; raw: unknown }[] = fc
      .sample(broken(READS), 40)
      .map((raw) => ({ id: idIn(raw), raw: JSON.parse(JSON.stringify(raw)) }));
    let next = replies[0];
    const { url } = await scriptedServer(({ path }) =>
      path === '/oauth/token' ? jsonReply({ access_token: 't', expires_in: 86_400 }) : jsonReply(next?.raw),
    );
    const clock = selfRunningClock();
    for (const contract of ['platform', 'gateway'] as const) {
      const client = clientFor(url, clock, { contract });
      for (next of replies) {
        const { id, raw } = next;
        const conversation = await client.conversations.read(id, context()).catch((error) => {
          expect(error).toBeInstanceOf(ApiError);
          return null;
        });
        if (conversation === null) continue;
        const mapping = aMapping({ conversationId: id, lastActivityAt: null, startedAt: 0 });
        const { action } = decide(conversation, mapping, null, POLICY, LATER);
        if (action === 'close') expect(contract === 'platform' && byPolicy(raw, id, LATER)).toBe(true);
        const { proof } = await client.conversations.close(id, context()).catch(() => ({ proof: null }));
        expect(proof?.endedAt ?? null).toBe(contract === 'platform' ? provenEnd(raw, id) : null);
      }
    }
  });
});

describe('a reply to a close, broken in any way', () => {
  const ENDED = RECORDS.map(patchedConversation).map((one) => ({
    endTime: '2026-01-15T02:00:03.000Z',
    ...one,
    participants: one.participants.map((participant) => ({
      endTime: '2026-01-15T02:00:03.000Z',
      ...participant,
    })),
  }));

  it('proves exactly the ends that an independent reading of it shows', async () => {
    let proofs = 0;
    await fc.assert(
      fc.asyncProperty(broken([...ENDED, ...RECORDS.map(patchedConversation)]), async (raw) => {
        const id = idIn(raw);
        const { proof } = await createPlatformApi(async () => raw, SAME_CLOCK).close(id, context());
        if (proof === null) return;
        proofs++;
        expect(proof.endedAt).toBe(provenEnd(raw, id));
      }),
      tries(1_200),
    );
    expect(proofs).toBeGreaterThan(100);
  });
});

describe('a reply of analytics, broken in any way', () => {
  const told = RECORDS.flatMap((record) => analyticsConversation(record, START) ?? []);
  const ASKED = told.slice(0, 40).map(({ conversationId }) => conversationId);
  const pages = Array.from({ length: 20 }, (_, n) => ({ conversations: told.slice(n * 3, n * 3 + 6) }));

  it('tells no end of what was not asked about, and none that it does not hold', async () => {
    let ends = 0;
    await fc.assert(
      fc.asyncProperty(broken(pages), async (raw) => {
        let ended: Awaited<ReturnType<ReturnType<typeof createAnalyticsApi>['endedOf']>>;
        try {
          ended = await createAnalyticsApi(async () => raw, SAME_CLOCK).endedOf(ASKED, context());
        } catch (error) {
          expect(error).toMatchObject({ name: 'ApiError', failure: 'not_json' });
          return;
        }
        const { conversations } = raw as { conversations: Record<string, unknown>[] };
        for (const [id, conversation] of ended) {
          ends++;
          expect(ASKED).toContain(id);
          const same = conversations.filter((one) => String(one.conversationId).toLowerCase() === id);
          expect(same.map((one) => Date.parse(String(one.conversationEnd)))).toContain(conversation.endedAt);
          expect(same.every((one) => typeof one.conversationEnd === 'string')).toBe(true);
        }
      }),
      tries(1_000),
    );
    expect(ends).toBeGreaterThan(300);
  });
});

describe('an answer of analytics that contradicts itself', () => {
  const id = READS[0]?.id ?? '';
  const ended = { conversationId: id, conversationEnd: '2026-01-14T02:00:00.000Z' };
  it.each([
    ['first ended, then not', [ended, { conversationId: id }]],
    ['first not, then ended', [{ conversationId: id }, ended]],
  ])('rules nothing out: %s', async (_, conversations) => {
    const api = createAnalyticsApi(async () => ({ conversations }), SAME_CLOCK);
    expect([...(await api.endedOf([id], context()))]).toEqual([]);
  });
});

describe('a token, broken in any way', () => {
  const good = { access_token: 'abc-123', token_type: 'bearer', expires_in: 86_400 };
  const refusals = { error: 'invalid_client', description: 'x', error_description: 'authentication failed' };

  it('is one that a header can carry, or the reason why there is none', async () => {
    await fc.assert(
      fc.asyncProperty(broken([good, refusals]), fc.constantFrom(200, 400, 401, 404), async (raw, status) => {
        const reply: Reply = {
          status,
          headers: {},
          body: JSON.stringify(raw) ?? '',
          sentAt: 0,
          answeredAt: 0,
          receivedAt: 0,
        };
        const told: string[] = [];
        const clock = new VirtualClock();
        const stop = clock.runByItself(() => true);
        const { signal } = new AbortController();
        const tokens = createTokenSource({
          ask: async () => reply,
          loginHost: 'login.example.com',
          clock,
          random: () => 0,
          signal,
          onToken: (token) => told.push(token),
        });
        const token = await tokens.get(signal).catch((error) => {
          expect(error instanceof AuthError || error instanceof UnavailableError).toBe(true);
          expect(error.message).toMatch(PRINTABLE);
          return null;
        });
        stop();
        if (token === null) return;
        expect(token).toMatch(/^[!-~]+$/);
        expect(told).toEqual([token]);
        expect(raw).toMatchObject({ access_token: token });
      }),
      tries(150),
    );
  });
});

describe('an error body, broken in any way', () => {
  const whole = {
    message: 'x',
    code: 'missing.permissions',
    status: 403,
    contextId: 'abc',
    messageParams: { permissions: 'conversation:communication:view', permission: '[a:b:c]' },
    details: [],
  };

  it('leaves an error of printable words and of a bounded length', () => {
    const header = fc.option(fc.string({ unit: 'binary', maxLength: 150 }), { nil: undefined });
    fc.assert(
      fc.property(
        broken([whole]),
        fc.constantFrom(302, 400, 401, 403, 404, 408, 429, 500, 503),
        header,
        (raw, status, id) => {
          const body = JSON.stringify(raw) ?? '<html>';
          const headers = id === undefined ? {} : { 'inin-correlation-id': id };
          const reply: Reply = { status, headers, body, sentAt: 0, answeredAt: 0, receivedAt: 0 };
          const error = replyError(reply, 'reading the conversation', 'conversation:communication:view');
          for (const text of [error.message, error.code ?? '', error.correlationId ?? '']) {
            expect(text).toMatch(PRINTABLE);
          }
          expect((error.code ?? '').length).toBeLessThanOrEqual(101);
        },
      ),
      tries(800),
    );
  });
});

describe('an id that is none', () => {
  const NO_IDS = [
    '../../users/me',
    '%2e%2e%2fusers',
    '0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f/../x',
    ' 0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f',
    '0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f\n',
    '0A1B2C3D-0A1B-4C3D-8A1B-0A1B2C3D4E5F',
    '0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f,x',
    '0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f?x=1',
    '',
  ];
  it.each(NO_IDS)('is a bug, and nothing is sent: %j', async (id) => {
    let sent = 0;
    const send = async () => ++sent;
    for (const api of [createPlatformApi(send, SAME_CLOCK), createGatewayApi(send, SAME_CLOCK, null)]) {
      for (const attempt of [api.read(id, context()), api.close(id, context())]) {
        const error = await errorOf(attempt);
        expect(error).not.toBeInstanceOf(ApiError);
        expect(String(error)).toContain('reached a URL and is no conversation id');
      }
    }
    const good = READS[0]?.id ?? '';
    await expect(createAnalyticsApi(send, SAME_CLOCK).endedOf([good, id], context())).rejects.toThrow(
      'no conversation id',
    );
    expect(sent).toBe(0);
  });
});
