import { describe, expect, it } from 'vitest';
import { BusyError, DatabaseError } from '../../src/domain/errors.ts';
import type { IncomingWebhook, WebhookAnswer } from '../../src/webhook/accept.ts';
import { aServer } from './running.ts';

const PATH = '/webhooks/genesys';
const ID = '3f2b8c1e-4a5d-4e6f-8a9b-0c1d2e3f4a5b';
const taken = { event: 'conversation.acw', kind: 'close_now', conversationId: ID } as const;

describe('a webhook', () => {
  it('is handed over with its headers and its very bytes, whatever they are', async () => {
    const came: IncomingWebhook[] = [];
    const server = await aServer({
      acceptWebhook: async (webhook) => {
        came.push(webhook);
        return { status: 'accepted', ...taken };
      },
    });
    const bytes = Uint8Array.of(0x7b, 0xff, 0x20, 0x0a);
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      const headers = { 'content-type': type, 'webhook-id': 'a', 'webhook-signature': 'v1,b' };
      const { status } = await server.send('POST', PATH, { body: bytes, headers, token: null });
      expect(status).toBe(202);
    }
    expect(came).toHaveLength(3);
    for (const { headers, rawBody } of came) {
      expect(headers).toMatchObject({ 'webhook-id': 'a', 'webhook-signature': 'v1,b' });
      expect([...rawBody]).toEqual([...bytes]);
    }
  });

  it.each<[WebhookAnswer, number, object]>([
    [{ status: 'accepted', ...taken }, 202, { status: 'accepted', conversationId: ID }],
    [{ status: 'duplicate', ...taken }, 202, { status: 'duplicate', conversationId: ID }],
    [{ status: 'ignored', event: 'x', why: 'it is none' }, 202, { status: 'ignored', why: 'it is none' }],
    [{ status: 'unauthorized', why: 'it is not signed' }, 401, { code: 'unauthorized' }],
    [{ status: 'not_configured', why: 'nobody may' }, 403, { code: 'no_sender_configured' }],
    [
      { status: 'bad_request', field: 'topicName', why: 'it must be there' },
      400,
      { code: 'invalid_request' },
    ],
    [{ status: 'busy', retryAfterSeconds: 2 }, 503, { code: 'too_many_events' }],
  ])('that is %j is answered with %i', async (answer, status, body) => {
    const server = await aServer({ acceptWebhook: async () => answer });
    const said = await server.send('POST', PATH, { body: '{}', token: null });
    expect(said.status).toBe(status);
    expect(said.json).toMatchObject(body);
  });

  it('waits for a lock, and is not taken when it stays or the database is gone', async () => {
    const errors: Error[] = [new BusyError('locked')];
    const server = await aServer({
      acceptWebhook: async () => {
        const error = errors.shift();
        if (error !== undefined) throw error;
        return { status: 'accepted', ...taken };
      },
    });
    const send = async () => (await server.send('POST', PATH, { body: '{}', token: null })).status;
    expect(await send()).toBe(202);
    errors.push(...Array.from({ length: 100 }, () => new BusyError('locked')));
    expect(await send()).toBe(503);
    errors.splice(0, errors.length, new DatabaseError('gone'));
    expect(await send()).toBe(503);
  });

  it('without a body is one of no bytes, and one that is too large is none', async () => {
    const lengths: number[] = [];
    const server = await aServer({
      acceptWebhook: async ({ rawBody }) => {
        lengths.push(rawBody.length);
        return { status: 'bad_request', field: 'body', why: 'it must be JSON' };
      },
    });
    expect((await server.send('POST', PATH, { token: null })).status).toBe(400);
    const large = new Uint8Array(64 * 1024 + 1);
    expect((await server.send('POST', PATH, { body: large, token: null })).status).toBe(413);
    expect(lengths).toEqual([0]);
  });
});
