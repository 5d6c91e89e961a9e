import { describe, expect, it } from 'vitest';
import type { ApiFailure } from '../../src/domain/errors.ts';
import type { Reply } from '../../src/genesys/dispatch.ts';
import { found } from '../../src/genesys/found.ts';
import { parseJson, replyError } from '../../src/genesys/reply-errors.ts';

const PERMISSION = 'conversation:communication:view';

function reply(status: number, body: unknown = {}, headers: Reply['headers'] = {}): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers, body: text, sentAt: 0, answeredAt: 0, receivedAt: 0 };
}

const errorFor = (one: Reply, permission: string | null = PERMISSION) =>
  replyError(one, 'reading the conversation', permission);

describe('what an answer that is not 2xx means', () => {
  it.each<[status: number, code: string, ApiFailure]>([
    [400, 'bad.request', 'refused'],
    [400, 'invalid.value', 'refused'],
    [401, 'bad.credentials', 'unauthorized'],
    [401, 'authentication.required', 'unauthorized'],
    [401, 'credentials.expired', 'unauthorized'],
    [401, 'ip.not.authorized', 'unauthorized'],
    [403, 'missing.permissions', 'forbidden'],
    [403, 'missing.any.permissions', 'forbidden'],
    [403, 'not.authorized', 'forbidden'],
    [404, 'not.found', 'refused'],
    [404, 'conversation.error.conversation.not.found', 'refused'],
    [408, 'client.timeout', 'lost'],
    [409, 'conflict', 'refused'],
    [413, 'request.entity.too.large', 'refused'],
    [415, 'unsupported.media.type', 'refused'],
    [429, 'too.many.requests.retry.after', 'rate_limited'],
    [429, 'too.many.requests', 'rate_limited'],
    [500, 'internal.server.error', 'lost'],
    [502, 'bad.gateway', 'lost'],
    [503, 'service.unavailable', 'lost'],
    [504, 'gateway.timeout', 'lost'],
    [302, 'moved', 'refused'],
  ])('%i %s', (status, code, failure) => {
    const error = errorFor(reply(status, { code, message: 'x', contextId: 'ctx' }));
    expect(error).toMatchObject({ status, code, failure, correlationId: 'ctx' });
    expect(error.message).toContain('reading the conversation');
  });

  it('takes the correlation id from the header before that of the body', () => {
    const body = { code: 'conflict', contextId: 'body' };
    expect(errorFor(reply(409, body, { 'inin-correlation-id': 'header' })).correlationId).toBe('header');
    expect(errorFor(reply(409, body)).correlationId).toBe('body');
    expect(errorFor(reply(409)).correlationId).toBeNull();
  });

  it.each<[what: string, body: unknown]>([
    ['HTML', '<html>502 Bad Gateway</html>'],
    ['nothing', ''],
    ['a list', []],
    ['a number', 7],
    ['null', null],
    ['fields of other types', { code: 7, contextId: {}, messageParams: 'x' }],
    ['an empty code', { code: '' }],
  ])('has no code where the body is %s', (_, body) => {
    expect(errorFor(reply(502, body))).toMatchObject({ failure: 'lost', code: null, correlationId: null });
  });

  it('keeps the code where other fields are null or malformed', () => {
    const body = { code: 'not.found', contextId: null, messageParams: [], message: null };
    expect(errorFor(reply(404, body)).code).toBe('not.found');
  });
});

describe('the advice of a 403', () => {
  const forbidden = (messageParams: unknown, permission: string | null = PERMISSION) =>
    errorFor(reply(403, { code: 'missing.permissions', messageParams }), permission).message;

  it.each<[what: string, params: unknown, named: string]>([
    ['the permission that the reply names', { permissions: 'a:b:edit' }, 'grant a:b:edit to'],
    ['several of them', { permissions: '[a:b:edit, c:d:*]' }, 'grant a:b:edit, c:d:* to'],
    ['the other spelling', { permission: 'a:b:edit' }, 'grant a:b:edit to'],
    ['the one it needs, where the reply names none', {}, `grant ${PERMISSION} to`],
    ['the one it needs, where the reply is odd', { permissions: ['a:b:c'] }, `grant ${PERMISSION} to`],
    [
      'the one it needs, rather than prose or escapes',
      { permissions: '\u001b[31mrun "rm"' },
      `grant ${PERMISSION} to`,
    ],
  ])('names %s', (_, params, named) => {
    expect(forbidden(params)).toContain(named);
  });

  it('does not ask to grant anything where nothing is needed', () => {
    expect(forbidden({}, null)).toBe(
      'reading the conversation was forbidden: missing.permissions, though it needs no more than a valid token',
    );
  });
});

describe('a 404 in answer to a read', () => {
  it('is null when Genesys says it, with a code', async () => {
    const error = errorFor(reply(404, { code: 'conversation.error.conversation.not.found' }));
    expect(await found(Promise.reject(error))).toBeNull();
  });

  it.each([
    ['a proxy’s page', '<html>404</html>'],
    ['an empty body', ''],
    ['JSON without a code', { error: 'no such route' }],
  ])('stays an error when it is %s, which says nothing of the conversation', async (_, body) => {
    const error = errorFor(reply(404, body));
    await expect(found(Promise.reject(error))).rejects.toBe(error);
    expect(error.failure).toBe('refused');
  });

  it('is the only error that becomes null', async () => {
    const error = errorFor(reply(409, { code: 'conflict' }));
    await expect(found(Promise.reject(error))).rejects.toBe(error);
    expect(await found(Promise.resolve('there'))).toBe('there');
  });
});

describe('text that should be JSON', () => {
  it.each(['', 'null', '<html>', '{"half":', 'undefined'])('%j is null', (text) => {
    expect(parseJson(text)).toBeNull();
  });
  it.each([
    ['{"a":1}', { a: 1 }],
    ['0', 0],
    ['false', false],
    ['""', ''],
  ])('%s is what it says', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });
});
