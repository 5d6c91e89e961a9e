import { describe, expect, it } from 'vitest';
import { ApiError, type ApiFailure } from '../../src/domain/errors.ts';
import type { FaultKind } from '../../src/simulator/faults.ts';
import { START } from '../helpers/virtual-clock.ts';
import { CONTRACTS, context, errorOf, ID, type UnderTest, underTest } from './under-test.ts';

const statusesOf = ({ requests }: UnderTest, route: 'read' | 'close') =>
  requests(route).map(({ status }) => status);

/** Whatever went wrong, its connection is free again: the same client reads on. */
async function expectNextToWork({ client }: UnderTest): Promise<void> {
  expect(await client.conversations.read(ID, context())).toMatchObject({ id: ID, problem: null });
}

describe.each(CONTRACTS)('over the %s contract', (contract) => {
  const start = () => underTest({ client: { contract } });

  describe('a read', () => {
    it.each<[FaultKind, afterMs: number, status: number | null]>([
      ['reset_before', 1_000, null],
      ['reset_after', 1_000, null],
      ['timeout', 16_000, null],
      ['408', 1_000, 408],
      ['500', 1_000, 500],
      ['502', 1_000, 502],
      ['503', 1_000, 503],
      ['504', 1_000, 504],
    ])('that meets with %s is repeated after %i ms', async (fault, afterMs, status) => {
      const there = await start();
      there.failNext('read', fault);
      const { trace, signal } = context();
      const conversation = await there.client.conversations.read(ID, { trace, signal });
      expect(conversation?.status).toBe('active');
      expect(there.requests('read')).toEqual([
        { at: START, status },
        { at: START + afterMs, status: 200 },
      ]);
      expect(trace).toEqual({
        requests: 2,
        httpStatus: 200,
        errorCode: null,
        correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(there.client.remote.figures()).toMatchObject({ reads: 2, retried: 1, total: 3 });
      await expectNextToWork(there);
    });

    it.each<[FaultKind, ApiFailure, waitsMs: number[], code: string | null]>([
      ['reset_before', 'lost', [0, 1_000, 3_000, 7_000], 'UND_ERR_SOCKET|ECONNRESET'],
      ['timeout', 'lost', [0, 16_000, 33_000, 52_000], null],
      ['408', 'lost', [0, 1_000, 3_000, 7_000], 'client.timeout'],
      ['500', 'lost', [0, 1_000, 3_000], 'internal.server.error'],
      ['502', 'lost', [0, 1_000, 3_000, 7_000], null],
      ['503', 'lost', [0, 1_000, 3_000, 7_000], 'service.unavailable'],
      ['504', 'lost', [0, 1_000, 3_000, 7_000], null],
      ['html_200', 'not_json', [0], null],
      ['truncated_json', 'not_json', [0], null],
      ['empty_body', 'not_json', [0], null],
    ])('that always meets with %s fails as %s after bounded retries', async (fault, failure, waits, code) => {
      const there = await start();
      there.failAlways('read', fault);
      const { trace, signal } = context();
      const error = await errorOf(there.client.conversations.read(ID, { trace, signal }));
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ failure });
      expect((error as ApiError).code ?? 'none').toMatch(new RegExp(`^(${code ?? 'none'})$`));
      expect((error as ApiError).message).toMatch(/^[^{}<>]{20,}$/);
      expect(there.requests('read').map(({ at }) => at - START)).toEqual(waits);
      expect(trace).toMatchObject({ requests: waits.length, errorCode: (error as ApiError).code });
      there.failAlways('read', null);
      await expectNextToWork(there);
    });

    it('of an id that nobody knows is null, in one request', async () => {
      const there = await start();
      there.simulator.world.forget(ID);
      expect(await there.client.conversations.read(ID, context())).toBeNull();
      expect(statusesOf(there, 'read')).toEqual([404]);
    });

    it('answered 404 by something that is not Genesys is an error, not "not found"', async () => {
      const there = await start();
      there.failNext('read', { kind: 'reply', status: 404, body: '<html>no such route</html>' });
      const error = await errorOf(there.client.conversations.read(ID, context()));
      expect(error).toMatchObject({ failure: 'refused', status: 404, code: null });
      await expectNextToWork(there);
    });

    it.each([400, 409, 413])('answered %i fails at once', async (status) => {
      const there = await start();
      const body = JSON.stringify({ code: 'some.code', message: 'no' });
      there.failNext('read', { kind: 'reply', status, body });
      const error = await errorOf(there.client.conversations.read(ID, context()));
      expect(error).toMatchObject({ failure: 'refused', status, code: 'some.code' });
      expect(statusesOf(there, 'read')).toEqual([status]);
      await expectNextToWork(there);
    });

    it('is repeated when nobody listened, and then somebody does', async () => {
      const there = await start();
      await expectNextToWork(there);
      await there.simulator.stop();
      const reading = there.client.conversations.read(ID, context());
      there.clock.sleep(2_500).then(() => there.simulator.start(there.port));
      expect((await reading)?.status).toBe('active');
      expect(there.requests('read').at(-1)).toEqual({ at: START + 3_000, status: 200 });
    });
  });

  describe('a close', () => {
    it.each<[FaultKind, ApiFailure, patched: 0 | 1, status: number | null]>([
      ['reset_before', 'lost', 0, null],
      ['reset_after', 'lost', 1, null],
      ['timeout', 'lost', 0, null],
      ['408', 'lost', 0, 408],
      ['500', 'lost', 0, 500],
      ['502', 'lost', 0, 502],
      ['503', 'lost', 0, 503],
      ['504', 'lost', 1, 504],
      ['html_200', 'not_json', 0, 200],
      ['truncated_json', 'not_json', 1, 200],
      ['empty_body', 'not_json', 1, 200],
    ])('that meets with %s is %s after exactly one PATCH', async (fault, failure, patched, status) => {
      const there = await start();
      there.failNext('close', fault);
      const { trace, signal } = context();
      const error = await errorOf(there.client.conversations.close(ID, { trace, signal }));
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ failure, status: status === null ? null : status });
      expect(there.requests('close')).toHaveLength(1);
      expect(trace).toMatchObject({ requests: 1, httpStatus: status });
      expect(there.client.remote.figures()).toMatchObject({ closes: 1, retried: 0 });
      expect(there.simulator.world.account()).toMatchObject([{ patches: 1, effectivePatches: patched }]);
      await expectNextToWork(there);
      expect(there.requests('close')).toHaveLength(1);
    });

    it.each<[FaultKind, statuses: number[]]>([
      ['429', [429, 200]],
      ['401', [401, 200]],
    ])('that meets with %s, so certainly was not carried out, is sent again', async (fault, statuses) => {
      const there = await start();
      there.failNext('close', fault);
      await there.client.conversations.close(ID, context());
      expect(statusesOf(there, 'close')).toEqual(statuses);
      expect(there.simulator.world.account()).toMatchObject([{ effectivePatches: 1 }]);
    });

    it('that was never sent is sent again, once somebody listens, and takes effect once', async () => {
      const there = await start();
      await expectNextToWork(there);
      await there.simulator.stop();
      const closing = there.client.conversations.close(ID, context());
      there.clock.sleep(500).then(() => there.simulator.start(there.port));
      await closing;
      expect(there.requests('close')).toEqual([{ at: START + 1_000, status: 200 }]);
      expect(there.simulator.world.account()).toMatchObject([{ patches: 1, effectivePatches: 1 }]);
    });

    it('that can never be sent fails as such, and nothing was sent', async () => {
      const there = await start();
      await expectNextToWork(there);
      await there.simulator.stop();
      const error = await errorOf(there.client.conversations.close(ID, context()));
      expect(error).toMatchObject({ failure: 'never_sent', code: 'ECONNREFUSED', status: null });
      expect((error as ApiError).message).toContain(`127.0.0.1:${there.port} cannot be reached`);
      expect(there.requests('close')).toEqual([]);
      expect(there.client.remote.figures()).toMatchObject({ closes: 4, retried: 3 });
    });

    it('that was never sent and then lost its answer is not sent a third time', async () => {
      const there = await start();
      await expectNextToWork(there);
      await there.simulator.stop();
      there.failAlways('close', 'reset_after');
      const closing = errorOf(there.client.conversations.close(ID, context()));
      there.clock.sleep(500).then(() => there.simulator.start(there.port));
      expect(await closing).toMatchObject({ failure: 'lost' });
      expect(there.requests('close')).toHaveLength(1);
    });

    it.each<[what: string, status: number, code: string, prepare: (there: UnderTest) => void]>([
      ['is gone', 404, 'not.found', ({ simulator }) => simulator.world.forget(ID)],
      ['has ended', 409, 'conflict', ({ simulator, clock }) => simulator.world.endByItself(ID, clock.now())],
      [
        'cannot be ended',
        400,
        'bad.request',
        ({ failNext }) =>
          failNext('close', { kind: 'reply', status: 400, body: JSON.stringify({ code: 'bad.request' }) }),
      ],
    ])('of one that %s is refused with %i, once', async (_, status, code, prepare) => {
      const there = await start();
      prepare(there);
      const error = await errorOf(there.client.conversations.close(ID, context()));
      expect(error).toMatchObject({ failure: 'refused', status, code });
      expect((error as ApiError).message).toBe(
        `closing the conversation was refused with ${status} (${code})`,
      );
      expect(statusesOf(there, 'close')).toEqual([status]);
    });
  });

  it('tells of a 403 which permission is missing, after one request', async () => {
    const permission =
      contract === 'platform' ? 'conversation:communication:disconnect' : 'conversation:message:write';
    const there = await underTest({
      client: { contract },
      simulator: { missingPermissions: [permission] },
    });
    const { trace, signal } = context();
    const error = await errorOf(there.client.conversations.close(ID, { trace, signal }));
    expect(error).toMatchObject({ failure: 'forbidden', status: 403, code: 'missing.permissions' });
    expect((error as ApiError).message).toContain(`grant ${permission} to the OAuth client's role`);
    expect((error as ApiError).correlationId).toBe(trace.correlationId);
    expect(statusesOf(there, 'close')).toEqual([403]);
    await expectNextToWork(there);
  });
});

describe('a close that works', () => {
  it('is proven by the answer of the platform contract', async () => {
    const there = await underTest();
    expect(await there.client.conversations.close(ID, context())).toEqual({ proof: { endedAt: START } });
    expect(await there.client.conversations.read(ID, context())).toMatchObject({
      status: 'closed',
      endedAt: START,
    });
  });

  it('is not proven while the answer shows somebody in it', async () => {
    const there = await underTest({ simulator: { closeEffect: { kind: 'delayed', ms: 5_000 } } });
    expect(await there.client.conversations.close(ID, context())).toEqual({ proof: null });
    expect(await there.client.conversations.read(ID, context())).toMatchObject({ status: 'active' });
    await there.clock.sleep(5_000);
    expect(await there.client.conversations.read(ID, context())).toMatchObject({ status: 'closed' });
  });

  it('is never proven by that of a gateway', async () => {
    const there = await underTest({ client: { contract: 'gateway', closeReason: 'clean-up' } });
    expect(await there.client.conversations.close(ID, context())).toEqual({ proof: null });
    expect(await there.client.conversations.read(ID, context())).toMatchObject({ status: 'closed' });
  });
});
