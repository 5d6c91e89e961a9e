import { describe, expect, it } from 'vitest';
import { createPlatformApi } from '../../src/genesys/platform-api.ts';
import type { ApiRequest } from '../../src/genesys/request.ts';
import { asItIs, context, ID } from './under-test.ts';

const END = '2026-01-15T02:00:03.000Z';
const ENDED = { endTime: END, messages: [{ state: 'disconnected' }] };
const WHOLE = { id: ID, endTime: END, participants: [ENDED, ENDED] };

async function proof(reply: unknown) {
  return (await createPlatformApi(async () => reply, asItIs).close(ID, context())).proof;
}

describe('the answer to a close', () => {
  it.each<[what: string, reply: unknown]>([
    ['everybody has an end', WHOLE],
    ['it does not repeat the id', { ...WHOLE, id: undefined }],
    ['the id is in capitals', { ...WHOLE, id: ID.toUpperCase() }],
    [
      'one has no end of their own but all their communications ended',
      {
        ...WHOLE,
        participants: [ENDED, { messages: [{ state: 'terminated' }, { state: 'Disconnected' }] }],
      },
    ],
    ['one has an end and no communication', { ...WHOLE, participants: [ENDED, { endTime: END }] }],
  ])('proves the end when %s', async (_, reply) => {
    expect(await proof(reply)).toEqual({ endedAt: Date.parse(END) });
  });

  it.each<[what: string, reply: unknown]>([
    ['there is no end at the top', { ...WHOLE, endTime: undefined }],
    ['the end at the top is null', { ...WHOLE, endTime: null }],
    ['the end at the top is not a time', { ...WHOLE, endTime: 'yesterday' }],
    ['nobody is in it', { ...WHOLE, participants: [] }],
    ['there is no list of participants', { ...WHOLE, participants: undefined }],
    ['one is live', { ...WHOLE, participants: [ENDED, { messages: [{ state: 'connected' }] }] }],
    [
      'one of several communications is live',
      {
        ...WHOLE,
        participants: [ENDED, { messages: [{ state: 'disconnected' }, { state: 'connected' }] }],
      },
    ],
    ['one communication has no state', { ...WHOLE, participants: [ENDED, { messages: [{}] }] }],
    ['one has neither an end nor communications', { ...WHOLE, participants: [ENDED, { messages: [] }] }],
    ['one is unlike a participant', { ...WHOLE, participants: [ENDED, 'agent'] }],
    ['it is about another conversation', { ...WHOLE, id: '00000000-0000-4000-8000-000000000099' }],
    ['it is a list', [WHOLE]],
    ['it is a text', 'OK'],
  ])('proves nothing when %s', async (_, reply) => {
    expect(await proof(reply)).toBeNull();
  });

  it('is to a PATCH that asks for nothing but the end', async () => {
    const sent: ApiRequest[] = [];
    const send = async (request: ApiRequest) => {
      sent.push(request);
      return WHOLE;
    };
    await createPlatformApi(send, asItIs).close(ID, context());
    expect(sent).toMatchObject([
      {
        method: 'PATCH',
        path: `/api/v2/conversations/messages/${ID}`,
        body: { state: 'disconnected' },
        operation: { repeatable: false, permission: 'conversation:communication:disconnect' },
      },
    ]);
  });
});
