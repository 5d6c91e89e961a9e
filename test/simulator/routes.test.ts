import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, toIso } from '../../src/domain/time.ts';
import { conversation, DISCONNECT, details, idOf, messages, messaging, NOW, running } from './running.ts';

describe('the platform contract', () => {
  it('shows no state, start or end at the top of what it reads', async () => {
    const there = await running({ conversations: [conversation(1, 'closed')] });
    const { json } = await there.call('GET', messages(1));
    for (const field of ['state', 'startTime', 'endTime']) expect(json).not.toHaveProperty(field);
    expect(json.participants.every(({ endTime }: { endTime?: string }) => endTime !== undefined)).toBe(true);
  });

  it('shows the end in the answer to a close that takes effect at once', async () => {
    const there = await running({ conversations: [conversation(1, 'agent_customer_silent')] });
    const { status, json } = await there.call('PATCH', messages(1), DISCONNECT);
    expect(status).toBe(200);
    expect(json.endTime).toBe(toIso(NOW));
    for (const {
      messages: [message],
    } of json.participants) {
      expect(message.state).toMatch(/^(disconnected|terminated)$/);
    }
    expect(there.simulator.world.account()[0]).toMatchObject({
      status: 'closed',
      endedAt: NOW,
      endedBy: 'api',
    });
  });

  it('answers 200 with everybody still there when the end comes later, or never', async () => {
    const there = await running({
      conversations: [conversation(1, 'with_bot'), conversation(2, 'with_bot')],
      closeEffect: { kind: 'delayed', ms: MINUTE },
    });
    there.simulator.world.setCloseEffect(idOf(2), { kind: 'never' });
    for (const n of [1, 2]) {
      const { status, json } = await there.call('PATCH', messages(n), DISCONNECT);
      expect(status).toBe(200);
      expect(json).not.toHaveProperty('endTime');
      expect(json.participants.some(({ endTime }: { endTime?: string }) => endTime === undefined)).toBe(true);
    }
    there.clock.now += MINUTE;
    expect(there.simulator.world.account().map(({ status }) => status)).toEqual(['abandoned', 'active']);
  });

  it.each([
    [400, 'bad.request'],
    [404, 'not.found'],
    [409, 'conflict'],
  ] as const)('answers the close of an ended one with %i when told so', async (patchEndedStatus, code) => {
    const there = await running({ conversations: [conversation(1, 'closed')], patchEndedStatus });
    const { status, json } = await there.call('PATCH', messages(1), DISCONNECT);
    expect([status, json.code]).toEqual([patchEndedStatus, code]);
  });

  it.each([
    ['another state', { state: 'connected' }],
    ['another field', { state: 'disconnected', recordingState: 'none' }],
    ['nothing', {}],
    ['a list', ['disconnected']],
  ])('refuses %s in a close', async (_what, body) => {
    const there = await running({ conversations: [conversation(1, 'with_bot')] });
    expect((await there.call('PATCH', messages(1), body)).json).toMatchObject({ status: 400 });
    expect(there.simulator.world.account()[0]?.status).toBe('active');
  });

  it('refuses a body that is too large or not JSON', async () => {
    const there = await running({ conversations: [conversation(1, 'with_bot')] });
    const close = async (body: unknown, headers = {}) =>
      (await there.call('PATCH', messages(1), body, headers)).status;
    expect(await close({ state: 'x'.repeat(100_000) })).toBe(413);
    expect(await close(DISCONNECT, { 'content-type': 'text/plain' })).toBe(415);
  });
});

describe('the gateway contract', () => {
  it('has a word for each way of being active', async () => {
    const kinds = [
      'waiting_in_queue',
      'after_call_work',
      'agent_customer_waiting',
      'closed',
      'abandoned',
    ] as const;
    const there = await running({ conversations: kinds.map((kind, n) => conversation(n, kind)) });
    const statuses = [];
    for (const n of kinds.keys()) statuses.push((await there.call('GET', messaging(n))).json.status);
    expect(statuses).toEqual(['queued', 'wrapup', 'active', 'closed', 'abandoned']);
  });

  it.each(['closed', 'abandoned'] as const)('ends a conversation as %s, and only once', async (status) => {
    const there = await running({ conversations: [conversation(1, 'with_bot')] });
    const body = { status, closeReason: 'nobody there' };
    expect((await there.call('PATCH', messaging(1), body)).json).toEqual({ id: idOf(1), status });
    expect((await there.call('GET', messaging(1))).json).toEqual({ id: idOf(1), status });
    expect((await there.call('PATCH', messaging(1), body)).json).toMatchObject({
      status: 409,
      code: 'conflict',
    });
    expect(there.simulator.world.account()[0]).toMatchObject({ status, patches: 2, effectivePatches: 1 });
  });

  it('leaves a conversation active that is set to active, and refuses any other status', async () => {
    const there = await running({ conversations: [conversation(1, 'with_bot')] });
    expect((await there.call('PATCH', messaging(1), { status: 'active' })).status).toBe(200);
    expect((await there.call('PATCH', messaging(1), { status: 'wrapup' })).status).toBe(400);
    expect((await there.call('PATCH', messaging(1), { status: 'closed', closeReason: 7 })).status).toBe(400);
    expect(there.simulator.world.account()[0]).toMatchObject({ status: 'active', effectivePatches: 0 });
  });
});

describe('analytics by ids', () => {
  const shown = async (there: Awaited<ReturnType<typeof running>>, ...ns: number[]) =>
    (await there.call('GET', details(...ns))).json.conversations;

  it('shows an end where there is one, and leaves out what it does not know', async () => {
    const there = await running({
      conversations: [conversation(1, 'closed'), conversation(2, 'other_message_type')],
    });
    const [ended, active, ...others] = await shown(there, 1, 2, 3);
    expect(ended).toMatchObject({ conversationId: idOf(1), conversationEnd: expect.any(String) });
    expect(active).not.toHaveProperty('conversationEnd');
    expect(active.participants[0].sessions[0]).toMatchObject({
      mediaType: 'message',
      messageType: expect.stringMatching(/whatsapp|sms|open/),
    });
    expect(others).toEqual([]);
  });

  it('lags: it learns late of a start, of an end and of a revival', async () => {
    const there = await running({
      conversations: [conversation(1, 'with_bot', HOUR), conversation(2, 'recently_active', 0)],
      analyticsLagMs: 5 * HOUR,
    });
    expect(await shown(there, 1, 2)).toEqual([]);
    there.clock.now += 5 * HOUR;
    there.simulator.world.endByItself(idOf(1), there.clock.now);
    expect((await shown(there, 1))[0]).not.toHaveProperty('conversationEnd');
    there.clock.now += 5 * HOUR;
    const conversationEnd = toIso(NOW + 5 * HOUR);
    there.simulator.world.revive(idOf(1), there.clock.now);
    expect((await shown(there, 1))[0]).toMatchObject({ conversationEnd });
    there.clock.now += 5 * HOUR;
    expect((await shown(there, 1))[0]).not.toHaveProperty('conversationEnd');
  });

  it('takes ids as a list or one by one, up to a limit', async () => {
    const there = await running({
      conversations: [conversation(1, 'closed'), conversation(2, 'closed')],
      maxIdsPerSurvey: 2,
    });
    const path = '/api/v2/analytics/conversations/details';
    const { json } = await there.call('GET', `${path}?id=${idOf(1)}&id=${idOf(2)}`);
    expect(json.conversations.length).toBe(2);
    expect((await there.call('GET', details(1, 2, 3))).status).toBe(400);
    expect((await there.call('GET', path)).status).toBe(400);
    expect((await there.call('GET', `${path}?id=nonsense`)).status).toBe(400);
  });
});

describe('every reply', () => {
  it('is an error of Genesys’s form when there is no such id, route or UUID', async () => {
    const there = await running();
    const cases = [
      [messages(9), 404],
      [messaging(9), 404],
      ['/api/v2/conversations/messages/nonsense', 400],
      ['/api/v2/users/me', 404],
    ] as const;
    for (const [path, status] of cases) {
      const { headers, json } = await there.call('GET', path);
      expect(json).toEqual({
        message: expect.any(String),
        code: status === 400 ? 'bad.request' : 'not.found',
        status,
        contextId: headers['inin-correlation-id'],
        messageWithParams: expect.any(String),
        messageParams: {},
        details: [],
        errors: [],
      });
    }
  });

  it('carries a correlation id of its own and the date of the remote clock', async () => {
    const there = await running({ clockSkewMs: -10 * MINUTE });
    const first = await there.call('GET', '/api/v2/organizations/me');
    const second = await there.call('GET', '/api/v2/organizations/me');
    expect(first.headers['inin-correlation-id']).not.toBe(second.headers['inin-correlation-id']);
    expect(Date.parse(String(first.headers.date))).toBe(NOW - 10 * MINUTE);
  });

  it('tells every moment on the remote clock, which can be set', async () => {
    const there = await running({ conversations: [conversation(1, 'with_bot')], clockSkewMs: -10 * MINUTE });
    const { json } = await there.call('PATCH', messages(1), DISCONNECT);
    expect(Date.parse(json.endTime)).toBe(NOW - 10 * MINUTE);
    there.simulator.setClock(MINUTE);
    const { headers } = await there.call('GET', messages(1));
    expect(Date.parse(String(headers.date))).toBe(NOW + MINUTE);
  });

  it('is in the log, in order, with its route and what was answered', async () => {
    const there = await running({ conversations: [conversation(1, 'with_bot')] });
    await there.call('GET', messages(1));
    await there.call('GET', details(1));
    await there.call('GET', '/nowhere');
    expect(
      there.simulator.log.map(({ order, route, conversationId, status }) => [
        order,
        route,
        conversationId,
        status,
      ]),
    ).toEqual([
      [1, 'token', null, 200],
      [2, 'read', idOf(1), 200],
      [3, 'survey', null, 200],
      [4, null, null, 404],
    ]);
  });
});
