import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/domain/errors.ts';
import type { ConversationEvent } from '../../src/domain/event.ts';
import { createWebhookIntake } from '../../src/webhook/accept.ts';
import { createAcceptor } from '../../src/webhook/acceptor.ts';
import { signingKeyOf } from '../../src/webhook/signature.ts';
import { idOf } from '../simulator/running.ts';
import { T0, tempStore } from '../store/fixtures.ts';
import { acw, anEvent, bytes, SECRET, signed } from './make.ts';

/** An acceptor on a real file that tells its groups. */
function anAcceptor(limits: { mostInOne?: number; mostWaiting?: number } = {}) {
  const { store } = tempStore();
  const groups: number[] = [];
  let failure: Error | null = null;
  let woken = 0;
  const acceptor = createAcceptor({
    events: {
      accept: (events, receivedAt, dueAt) => {
        groups.push(events.length);
        if (failure !== null) throw failure;
        return store.events.accept(events, receivedAt, dueAt);
      },
    },
    clock: { now: () => T0 },
    delayMs: 2_000,
    onAccepted: () => woken++,
    ...limits,
  });
  return {
    acceptor,
    store,
    groups,
    woken: () => woken,
    failWith: (error: Error | null) => {
      failure = error;
    },
  };
}

const several = (count: number) => Array.from({ length: count }, (_, i) => anEvent(i + 1));

describe('the acceptor', () => {
  it('puts what comes together on record in one transaction, and tells the worker once', async () => {
    const { acceptor, groups, store, woken } = anAcceptor();
    const answers = await Promise.all(several(50).map((event) => acceptor.accept(event)));
    expect(answers).toEqual(Array(50).fill('accepted'));
    expect(groups).toEqual([50]);
    expect(woken()).toBe(1);
    expect(store.events.countPending()).toBe(50);
    expect(store.events.nextDue()).toBe(T0 + 2_000);
  });

  it('answers only when it is on record', async () => {
    const { acceptor, store } = anAcceptor();
    const accepting = acceptor.accept(anEvent(1));
    expect(store.events.countPending()).toBe(0);
    await accepting;
    expect(store.events.countPending()).toBe(1);
  });

  it('bounds a transaction, and goes on with the rest', async () => {
    const { acceptor, groups } = anAcceptor({ mostInOne: 20 });
    const first = several(50).map((event) => acceptor.accept(event));
    await first[0];
    const more = acceptor.accept(anEvent(51));
    expect(await Promise.all([...first, more])).toEqual(Array(51).fill('accepted'));
    expect(groups).toEqual([20, 20, 11]);
  });

  it('is busy beyond its bound, and takes the others', async () => {
    const { acceptor, store } = anAcceptor({ mostWaiting: 3 });
    const answers = await Promise.all(several(5).map((event) => acceptor.accept(event)));
    expect(answers).toEqual(['accepted', 'accepted', 'accepted', 'busy', 'busy']);
    expect(store.events.countPending()).toBe(3);
    expect(await acceptor.accept(anEvent(9))).toBe('accepted');
  });

  it('knows the same event again, in the same group and later', async () => {
    const { acceptor, store, woken } = anAcceptor();
    const one = anEvent(1);
    const answers = await Promise.all([one, one, one].map((event) => acceptor.accept(event)));
    expect(answers).toEqual(['accepted', 'duplicate', 'duplicate']);
    expect(await acceptor.accept(one)).toBe('duplicate');
    expect(woken()).toBe(1);
    expect(store.events.countPending()).toBe(1);
  });

  it('tells everybody of a group that could not be recorded, and then goes on', async () => {
    const { acceptor, failWith, store } = anAcceptor();
    failWith(new DatabaseError('There is no space left.'));
    const answers = await Promise.allSettled(several(3).map((event) => acceptor.accept(event)));
    expect(answers.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    failWith(null);
    expect(await acceptor.accept(anEvent(1))).toBe('accepted');
    expect(store.events.countPending()).toBe(1);
  });
});

describe('the intake of webhooks', () => {
  function anIntake(accept: (event: ConversationEvent) => Promise<'accepted' | 'duplicate' | 'busy'>) {
    const said: string[] = [];
    const note = (message: string, fields?: object) => void said.push(`${message} ${JSON.stringify(fields)}`);
    const intake = createWebhookIntake({
      senders: { signingKey: () => signingKeyOf(SECRET) ?? new Uint8Array(), token: null },
      messageTypes: ['webmessaging'],
      acceptor: { accept },
      clock: { now: () => T0 },
      log: { debug: note, info: note, warn: note },
    });
    return { intake, said };
  }

  it('answers each kind of webhook, and counts the answers', async () => {
    const { acceptor } = anAcceptor();
    const { intake, said } = anIntake(acceptor.accept);
    const send = intake.acceptWebhook;
    const about = { event: 'conversation.acw', kind: 'close_now', conversationId: idOf(1) };
    expect(await send(signed(acw(1, T0), T0))).toEqual({ status: 'accepted', ...about });
    expect(await send(signed(acw(1, T0), T0))).toEqual({ status: 'duplicate', ...about });
    expect(await send(signed({ type: 'other' }, T0))).toMatchObject({ status: 'ignored', event: 'other' });
    expect(await send(signed(acw(1, T0, { mediaType: 'VOICE' }), T0))).toMatchObject({ status: 'ignored' });
    expect(await send(signed('{', T0))).toMatchObject({ status: 'bad_request', field: 'body' });
    expect(await send({ headers: {}, rawBody: bytes(acw(2, T0)) })).toMatchObject({ status: 'unauthorized' });
    expect(intake.counts()).toEqual({
      accepted: 1,
      duplicate: 1,
      ignored: 2,
      unauthorized: 1,
      not_configured: 0,
      bad_request: 1,
      busy: 0,
    });
    expect(said).toHaveLength(6);
    expect(said.join()).not.toContain('wrapupCode');
  });

  it('says when to come again when it is busy, and throws what the database says', async () => {
    const { intake } = anIntake(async () => 'busy');
    expect(await intake.acceptWebhook(signed(acw(1, T0), T0))).toEqual({
      status: 'busy',
      retryAfterSeconds: 2,
    });
    const broken = anIntake(async () => {
      throw new DatabaseError('There is no space left.');
    });
    await expect(broken.intake.acceptWebhook(signed(acw(1, T0), T0))).rejects.toThrow(DatabaseError);
  });
});
