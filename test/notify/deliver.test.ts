import { describe, expect, it } from 'vitest';
import { SECOND } from '../../src/domain/time.ts';
import { deliver, WITHIN_MS } from '../../src/notify/deliver.ts';
import type { Answer, Send } from '../../src/notify/ports.ts';
import { START, VirtualClock } from '../helpers/virtual-clock.ts';

const answer = (status: number, more: Partial<Answer> = {}): Answer => ({
  status,
  retryAfterMs: null,
  text: '',
  ...more,
});

function failing(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Delivers to somebody who answers so, one after the other; `hang` answers when the time-out has passed. */
async function delivering(
  script: readonly (Answer | Error | 'hang')[],
  { random = 0, within = WITHIN_MS, signal = new AbortController().signal } = {},
) {
  const clock = new VirtualClock();
  const attempts: { at: number; timeoutMs: number; madeAt: string }[] = [];
  const send: Send = async ({ body }, timeoutMs) => {
    const next = script[Math.min(attempts.length, script.length - 1)];
    attempts.push({ at: clock.now() - START, timeoutMs, madeAt: body });
    if (next === 'hang' || next === undefined) {
      await clock.sleep(timeoutMs);
      throw new DOMException('no answer', 'TimeoutError');
    }
    if (next instanceof Error) throw next;
    return next;
  };
  const stop = clock.runByItself(() => true);
  const delivery = await deliver(
    { send, clock, random: () => random },
    (now) => ({ url: 'https://x.example', headers: {}, body: String(now - START) }),
    { isTaken: ({ status }) => status < 300, until: START + within, signal },
  );
  await stop();
  expect(clock.sleepers).toBe(0);
  return { delivery, attempts, times: attempts.map(({ at }) => at), took: clock.now() - START };
}

describe('delivering', () => {
  it('is done with the first answer that is good', async () => {
    const { delivery, times } = await delivering([answer(202, { text: 'ok\n' })]);
    expect({ delivery, times }).toEqual({
      delivery: { delivered: true, says: 'answered 202 (ok)', mayPass: false },
      times: [0],
    });
  });

  it.each([[new Error('reset')], [answer(500)], [answer(503)], [answer(429)], [answer(408)]])(
    'tries again after %s, later each time',
    async (trouble) => {
      const { delivery, times } = await delivering([trouble, trouble, trouble, answer(200)]);
      expect({ delivery, times }).toEqual({
        delivery: { delivered: true, says: 'answered 200', mayPass: false },
        times: [0, 500, 1_500, 3_500],
      });
    },
  );

  it.each([
    [answer(408), true],
    [answer(429), true],
    [answer(500), true],
    [answer(302), false],
    [failing('UND_ERR_SOCKET'), true],
    [failing('ECONNRESET'), true],
    [failing('ETIMEDOUT'), true],
    [failing('ECONNREFUSED'), false],
    [failing('ENOTFOUND'), false],
    [failing('DEPTH_ZERO_SELF_SIGNED_CERT'), false],
    [new AggregateError([failing('ECONNREFUSED')]), false],
    [new AggregateError([failing('ETIMEDOUT')]), true],
  ])('says of %s whether it may pass: %s', async (trouble, mayPass) => {
    const { delivery } = await delivering([trouble]);
    expect(delivery).toMatchObject({ delivered: false, mayPass });
  });

  it('makes each attempt anew', async () => {
    const { attempts } = await delivering([answer(500), answer(200)]);
    expect(attempts.map(({ madeAt }) => madeAt)).toEqual(['0', '500']);
  });

  it('gives up after four', async () => {
    const { delivery, times } = await delivering([answer(500, { text: 'oops' })], { random: 0.8 });
    expect(delivery).toEqual({ delivered: false, says: 'answered 500 (oops)', mayPass: true });
    expect(times).toEqual([0, 600, 1_800, 4_200]);
  });

  it.each([400, 401, 403, 404, 410])('does not try again after %i', async (status) => {
    const { delivery, times } = await delivering([answer(status)]);
    expect({ delivery, times }).toEqual({
      delivery: { delivered: false, says: `answered ${status}`, mayPass: false },
      times: [0],
    });
  });

  it('says of a redirect that it is not followed', async () => {
    const { delivery } = await delivering([answer(302)]);
    expect(delivery.says).toBe('answered 302, and redirects are not followed');
  });

  it('waits as long as it is asked to, and not at all where that is too long', async () => {
    const short = await delivering([answer(429, { retryAfterMs: 3 * SECOND }), answer(200)]);
    expect(short.times).toEqual([0, 3_000]);
    const long = await delivering([answer(429, { retryAfterMs: 60 * SECOND })]);
    expect({ times: long.times, took: long.took }).toEqual({ times: [0], took: 0 });
  });

  it('never takes longer than it may', async () => {
    const { delivery, attempts, took } = await delivering(['hang']);
    expect(delivery).toEqual({ delivered: false, says: 'did not answer (no answer)', mayPass: true });
    expect(attempts.map(({ timeoutMs }) => timeoutMs)).toEqual([4_000, 3_500]);
    expect(took).toBe(WITHIN_MS);
  });

  it('shows what is said in one short line', async () => {
    const { delivery } = await delivering([answer(404, { text: `a\u001b[31m\nb${'x'.repeat(500)}` })]);
    expect(delivery.says).toMatch(/^answered 404 \(a \[31m bx{80,}…\)$/);
  });

  it('waits for nothing once it is cut short', async () => {
    const { times } = await delivering([answer(500)], { signal: AbortSignal.abort() });
    expect(times).toEqual([0]);
  });
});
