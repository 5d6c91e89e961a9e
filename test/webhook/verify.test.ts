import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { signingKeyOf } from '../../src/webhook/signature.ts';
import { type Senders, verifySender } from '../../src/webhook/verify.ts';
import { tries } from '../helpers/fuzz.ts';
import { bytes, SECRET, signed } from './make.ts';

const NOW = 1_614_265_330_000;
const TOKEN = '0123456789abcdef0123456789abcdef';
const keyOf = (secret: string) => () => signingKeyOf(secret) ?? new Uint8Array();
const SIGNED: Senders = { signingKey: keyOf(SECRET), token: null };
const BEARER: Senders = { signingKey: null, token: () => TOKEN };
const BOTH: Senders = { ...SIGNED, token: BEARER.token };
const NEITHER: Senders = { signingKey: null, token: null };
const BODY = '{"test": 2432232314}';

/** As the documentation of Standard Webhooks has it. */
const PUBLISHED = {
  'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'webhook-timestamp': '1614265330',
  'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

const check = (headers: Record<string, string | string[]>, senders = SIGNED, body = BODY, now = NOW) =>
  verifySender(headers, bytes(body), senders, now);

describe('a signature', () => {
  it('is right for the published example', () => {
    expect(check(PUBLISHED)).toEqual({ status: 'verified', webhookId: PUBLISHED['webhook-id'] });
  });

  it('of the official library is right, whatever is signed', () => {
    const printable = fc.string({ minLength: 1, maxLength: 40 }).filter((id) => /^[\x21-\x7e]+$/.test(id));
    fc.assert(
      fc.property(
        printable,
        fc.string(),
        fc.uint8Array({ minLength: 24, maxLength: 64 }),
        (id, body, key) => {
          const secret = `whsec_${Buffer.from(key).toString('base64')}`;
          const senders = { signingKey: keyOf(secret), token: null };
          const signature = new Webhook(secret).sign(id, new Date(NOW), body);
          const headers = {
            'webhook-id': id,
            'webhook-timestamp': String(NOW / SECOND),
            'webhook-signature': signature,
          };
          expect(check(headers, senders, body)).toEqual({ status: 'verified', webhookId: id });
          expect(check(headers, senders, `${body} `).status).toBe('unauthorized');
          expect(check({ ...headers, 'webhook-id': `${id}x` }, senders, body).status).toBe('unauthorized');
          expect(check(headers, SIGNED, body).status).toBe('unauthorized');
        },
      ),
      tries(50),
    );
  });

  it('may stand among others, as when a secret is rotated', () => {
    const others = `v1,${'A'.repeat(43)}= v2,abc v1a,xyz`;
    const headers = { ...PUBLISHED, 'webhook-signature': `${others} ${PUBLISHED['webhook-signature']}` };
    expect(check(headers).status).toBe('verified');
    expect(check({ ...PUBLISHED, 'webhook-signature': others }).status).toBe('unauthorized');
  });

  it.each([
    ['four minutes and 59 seconds old', 5 * MINUTE - SECOND, 'verified'],
    ['five minutes old', 5 * MINUTE, 'verified'],
    ['older', 5 * MINUTE + 1, 'unauthorized'],
    ['five minutes in the future', -5 * MINUTE, 'verified'],
    ['further in the future', -5 * MINUTE - 1, 'unauthorized'],
  ])('that is %s: %s ms → %s', (_, age, status) => {
    expect(check(PUBLISHED, SIGNED, BODY, NOW + age).status).toBe(status);
  });

  it.each<[string, Record<string, string | string[]>]>([
    ['no header', {}],
    ['no id', { ...PUBLISHED, 'webhook-id': [] }],
    ['two ids', { ...PUBLISHED, 'webhook-id': ['a', 'b'] }],
    ['an empty id', { ...PUBLISHED, 'webhook-id': '' }],
    ['an id with a blank', signed(BODY, NOW, { 'webhook-id': 'a b' }).headers as Record<string, string>],
    ['a long id', signed(BODY, NOW, { 'webhook-id': 'a'.repeat(257) }).headers as Record<string, string>],
    ['no time', { ...PUBLISHED, 'webhook-timestamp': '' }],
    ['a time with a fraction', signed(BODY, NOW, { 'webhook-timestamp': '1614265330.5' }).headers as never],
    ['a negative time', signed(BODY, NOW, { 'webhook-timestamp': '-1614265330' }).headers as never],
    ['a time that is none', signed(BODY, NOW, { 'webhook-timestamp': 'NaN' }).headers as never],
    ['no signature', { ...PUBLISHED, 'webhook-signature': '' }],
    [
      'a signature without version',
      { ...PUBLISHED, 'webhook-signature': 'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' },
    ],
    ['half a signature', { ...PUBLISHED, 'webhook-signature': 'v1,g0hM9SsE' }],
    ['a token instead', { authorization: `Bearer ${TOKEN}` }],
  ])('with %s is refused', (_, headers) => {
    expect(check(headers).status).toBe('unauthorized');
  });
});

describe('a token', () => {
  it.each([
    ['right', `Bearer ${TOKEN}`, 'verified'],
    ['right, in other letters', `bearer  ${TOKEN} `, 'verified'],
    ['too long', `Bearer ${TOKEN}0`, 'unauthorized'],
    ['cut', `Bearer ${TOKEN.slice(1)}`, 'unauthorized'],
    ['of another scheme', `Basic ${TOKEN}`, 'unauthorized'],
    ['missing', '', 'unauthorized'],
  ])('that is %s', (_, authorization, status) => {
    expect(check({ authorization }, BEARER).status).toBe(status);
    expect(check({ authorization }, BOTH).status).toBe(status);
  });

  it('does not stand in for a signature that is wrong', () => {
    const headers = { ...PUBLISHED, authorization: `Bearer ${TOKEN}` };
    expect(check(headers, BOTH, 'other').status).toBe('unauthorized');
  });

  it("brings the sender's number along where it has one", () => {
    const authorization = `Bearer ${TOKEN}`;
    expect(check({ authorization, 'webhook-id': 'n-1' }, BEARER)).toMatchObject({ webhookId: 'n-1' });
    expect(check({ authorization, 'webhook-id': 'n 1' }, BEARER)).toMatchObject({ webhookId: null });
  });
});

it('without any secret nobody may send', () => {
  expect(check(PUBLISHED, NEITHER)).toEqual({
    status: 'not_configured',
    why: expect.stringContaining('NIGHTSWEEP_WEBHOOK_SECRET'),
  });
});

it('whatever the headers are, it answers, and never says a secret', () => {
  const name = fc.constantFrom(
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
    'authorization',
    '__proto__',
  );
  const headers = fc.dictionary(name, fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string())));
  fc.assert(
    fc.property(headers, fc.uint8Array(), fc.constantFrom(SIGNED, BEARER, BOTH), (some, body, senders) => {
      const answer = verifySender(some, body, senders, NOW);
      expect(answer.status).toBe('unauthorized');
      expect(JSON.stringify(answer)).not.toContain(TOKEN);
    }),
    tries(200),
  );
});

it.each([
  ['whsec_ and base64', SECRET, 24],
  ['a plain text', 'sixteen bytes ok', 16],
  ['a text that is too short', 'fifteen bytes..', null],
  ['base64 of too little', 'whsec_c2hvcnQ=', null],
  ['no base64', 'whsec_not base64 at all!', null],
])('a secret that is %s', (_, secret, length) => {
  expect(signingKeyOf(secret)?.length ?? null).toBe(length);
});
