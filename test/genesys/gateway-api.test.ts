import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../src/domain/conversation.ts';
import { createGatewayApi } from '../../src/genesys/gateway-api.ts';
import type { ApiRequest } from '../../src/genesys/request.ts';
import { asItIs, context, ID } from './under-test.ts';

const read = (reply: unknown) => createGatewayApi(async () => reply, asItIs, null).read(ID, context());

describe('a conversation read through a gateway', () => {
  it.each<[status: string, Conversation['status']]>([
    ['active', 'active'],
    ['closed', 'closed'],
    ['abandoned', 'abandoned'],
    ['CLOSED', 'closed'],
    ['wrapup', 'active'],
    ['queued', 'active'],
    ['closing', 'active'],
    ['closed ', 'active'],
  ])('with status %j is %s', async (status, expected) => {
    expect(await read({ id: ID, status })).toMatchObject({ id: ID, status: expected, problem: null });
  });

  it('is web messaging by contract, and of all else nothing is known', async () => {
    expect(await read({ id: ID, status: 'active', lastActivityAt: '2026-01-01' })).toEqual({
      id: ID,
      status: 'active',
      problem: null,
      endedAt: null,
      messageTypes: ['webmessaging'],
      lastActivityAt: null,
      lastCustomerMessageAt: null,
      lastAgentMessageAt: null,
      agentConnected: null,
      agentAnswered: null,
      parked: null,
      inQueue: null,
      queueIds: null,
      divisionIds: null,
      platformEndsAt: null,
    });
  });

  it.each<[what: string, reply: unknown]>([
    ['there is no status', { id: ID }],
    ['the status is empty', { id: ID, status: '' }],
    ['the status is not a text', { id: ID, status: { name: 'closed' } }],
    ['it is about another conversation', { id: '00000000-0000-4000-8000-000000000099', status: 'closed' }],
    ['the id is not a text', { id: 7, status: 'closed' }],
    ['it is a text', 'closed'],
    ['it is a list', [{ id: ID, status: 'closed' }]],
  ])('cannot be understood when %s', async (_, reply) => {
    const conversation = await read(reply);
    expect(conversation).toMatchObject({ id: ID, status: 'unknown', messageTypes: [] });
    expect(conversation?.problem).toMatch(/\w/);
  });
});

describe('a close through a gateway', () => {
  it.each([
    [null, { status: 'closed' }],
    ['nightly clean-up', { status: 'closed', closeReason: 'nightly clean-up' }],
  ])('with the reason %j', async (reason, body) => {
    const sent: ApiRequest[] = [];
    const send = async (request: ApiRequest) => {
      sent.push(request);
      return { id: ID, status: 'closed' };
    };
    const api = createGatewayApi(send, asItIs, reason);
    expect(await api.close(ID, context())).toEqual({ proof: null });
    expect(sent).toMatchObject([
      { method: 'PATCH', path: `/api/v2/conversations/messaging/${ID}`, operation: { repeatable: false } },
    ]);
    expect(sent[0]?.body).toEqual(body);
  });
});
