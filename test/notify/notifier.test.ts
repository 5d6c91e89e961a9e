import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { EXIT, type ExitCode } from '../../src/domain/errors.ts';
import { SECOND, toIso } from '../../src/domain/time.ts';
import { WITHIN_MS } from '../../src/notify/deliver.ts';
import { createNotifier, type NotifierParts } from '../../src/notify/notifier.ts';
import type { Answer, Before, Post } from '../../src/notify/ports.ts';
import { signingKeyOf } from '../../src/webhook/signature.ts';
import { START, VirtualClock } from '../helpers/virtual-clock.ts';
import { aNight } from './nights.ts';

const SECRET = `whsec_${Buffer.from('a secret of two dozen bytes').toString('base64')}`;
const OK: Answer = { status: 200, retryAfterMs: null, text: 'OK' };
type Script = (post: Post, signal: AbortSignal) => Promise<Answer> | Answer;

/** A webhook at hook.example, Slack at slack.example and a heartbeat at beat.example, all of whom answer so. */
function aStage(script: Script = () => OK, changes: Partial<NotifierParts> = {}) {
  const clock = new VirtualClock();
  const posts: Post[] = [];
  const warnings: string[] = [];
  let kept: Before | null = null;
  let isOpen = true;
  const at = (host: string) => ({ host, revealUrl: () => `https://${host}/t0ken/` });
  const notifierOf = (more: Partial<NotifierParts> = {}) =>
    createNotifier({
      listeners: [
        {
          kind: 'webhook',
          ...at('hook.example'),
          signingKey: () => signingKeyOf(SECRET) ?? new Uint8Array(),
          moment: toIso,
        },
        { kind: 'slack', ...at('slack.example'), signingKey: null, moment: toIso },
      ],
      heartbeat: { kind: 'heartbeat', ...at('beat.example') },
      on: ['failure', 'refusal', 'change'],
      name: 'web-1',
      isWhole: true,
      memory: {
        read: () => kept,
        write: async (before) => {
          kept = before;
        },
      },
      newId: () => 'msg_1',
      log: { warn: (text) => void warnings.push(text) },
      close: async () => {
        isOpen = false;
      },
      clock,
      random: () => 0,
      send: async (post, timeoutMs, signal) => {
        expect(isOpen, 'the wire is open').toBe(true);
        expect(timeoutMs).toBeGreaterThan(0);
        posts.push(post);
        return script(post, signal);
      },
      ...changes,
      ...more,
    });
  return {
    clock,
    posts,
    warnings,
    kept: () => kept?.exitCode ?? null,
    /** Where to, each time. */
    urls: () => posts.map(({ url }) => url),
    /** A night from its beginning to its end. */
    night: async (exitCode: ExitCode, counts = {}, more: Partial<NotifierParts> = {}) => {
      isOpen = true;
      posts.length = 0;
      const notifier = notifierOf(more);
      await notifier.begun(START);
      await notifier.ended(aNight(exitCode, counts));
      expect(isOpen, 'the wire is closed').toBe(false);
      expect(clock.sleepers).toBe(0);
      return posts.map(({ url }) => url.replace('https://', ''));
    },
  };
}

const BOTH = ['hook.example/t0ken/', 'slack.example/t0ken/'];
const beats = (end: string) => ['beat.example/t0ken/start', `beat.example/t0ken${end}`];

describe('a row of nights', () => {
  it('is told where something happens, and beats each time', async () => {
    const { night } = aStage();
    expect(await night(EXIT.ok)).toEqual(beats(''));
    expect((await night(EXIT.auth)).sort()).toEqual([...beats('/fail').sort(), ...BOTH].sort());
    expect(await night(EXIT.auth)).toHaveLength(4);
    expect((await night(EXIT.ok)).sort()).toEqual([...beats(''), ...BOTH].sort());
    expect(await night(EXIT.ok)).toEqual(beats(''));
    expect(await night(EXIT.workLeft)).toHaveLength(4);
    expect(await night(EXIT.workLeft)).toEqual(beats(''));
    expect(await night(EXIT.refused)).toHaveLength(4);
  });

  it('is told when no failure is left, though the exit code stays', async () => {
    const { night } = aStage();
    expect(await night(EXIT.incomplete, { failed: 1 })).toHaveLength(4);
    expect(await night(EXIT.incomplete, { expired: 1 })).toHaveLength(4);
    expect(await night(EXIT.incomplete, { expired: 1 })).toEqual(beats(''));
  });

  it('forgets nothing over a night that was none', async () => {
    const { night, kept } = aStage();
    await night(EXIT.auth);
    expect(await night(EXIT.leaseHeld)).toEqual(['beat.example/t0ken/start']);
    expect(await night(EXIT.interrupted)).toEqual(['beat.example/t0ken/start']);
    expect(kept()).toBe(EXIT.auth);
    expect(await night(EXIT.ok)).toHaveLength(4);
  });

  it('tells a change again that reached nobody', async () => {
    let isUp = false;
    const { night, warnings, kept } = aStage(() => (isUp ? OK : { ...OK, status: 404 }));
    await night(EXIT.workLeft);
    expect(kept()).toBeNull();
    expect(warnings).toContain('Slack (slack.example) was not told of this night: it answered 404 (OK).');
    isUp = true;
    expect(await night(EXIT.workLeft)).toHaveLength(4);
    expect(await night(EXIT.workLeft)).toEqual(beats(''));
  });

  it('does not compare a sweep of a part of the work, nor beat for it', async () => {
    const { night, kept } = aStage();
    const part = { isWhole: false };
    expect(await night(EXIT.workLeft, {}, part)).toEqual([]);
    expect(await night(EXIT.auth, {}, part)).toEqual(BOTH);
    expect(kept()).toBeNull();
  });

  it('goes on where it cannot be remembered', async () => {
    const memory = { read: () => null, write: () => Promise.reject(new Error('no space')) };
    const { night, warnings } = aStage(() => OK, { memory });
    expect(await night(EXIT.ok)).toEqual(beats(''));
    expect(warnings).toEqual(['The next night will not be compared with this one: no space']);
  });
});

describe('the heartbeat', () => {
  it('carries the summary, and goes without a listener', async () => {
    const { night, posts } = aStage(() => OK, { listeners: [] });
    await night(EXIT.ok);
    expect(posts.map(({ body }) => body)).toEqual([
      '',
      expect.stringContaining('All is well\nClosed 3, kept 2, 1 had already ended, 0 left.\n'),
    ]);
  });

  it('is not taken for heard where Healthchecks only says OK for old times’ sake', async () => {
    const { night, warnings } = aStage(() => ({ ...OK, text: 'OK (not found)' }));
    await night(EXIT.ok);
    expect(warnings).toEqual([
      'heartbeat (beat.example) was not told of the start: it answered 200 (OK (not found)).',
      'heartbeat (beat.example) was not told of the end: it answered 200 (OK (not found)).',
    ]);
  });

  it('of the start keeps nobody waiting, and that of the end comes after it', async () => {
    let answerStart = () => {};
    const { night, urls, clock } = aStage((post) =>
      post.url.endsWith('/start')
        ? new Promise((resolve) => {
            answerStart = () => resolve(OK);
          })
        : OK,
    );
    const whole = night(EXIT.ok);
    await clock.untilSleeping();
    expect(urls()).toEqual(['https://beat.example/t0ken/start']);
    answerStart();
    await whole;
    expect(urls()).toEqual(['https://beat.example/t0ken/start', 'https://beat.example/t0ken']);
  });

  it('of a start that never arrives leaves time for that of the end', async () => {
    const stuck: Script = (post, signal) =>
      post.url.endsWith('/start')
        ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        : OK;
    const { night, urls, clock, warnings } = aStage(stuck);
    const whole = night(EXIT.ok);
    await clock.untilSleeping();
    await clock.advance(4 * SECOND);
    await whole;
    expect(urls()).toEqual(['https://beat.example/t0ken/start', 'https://beat.example/t0ken']);
    expect(clock.now() - START).toBe(4 * SECOND);
    expect(warnings).toEqual([
      'heartbeat (beat.example) was not told of the start: it did not answer (the night is over).',
    ]);
  });
});

it('a night whose listeners all hang is over in time', async () => {
  const { night, clock, warnings } = aStage(() => OK, {
    send: async (_post, timeoutMs, signal) => {
      await clock.sleep(timeoutMs, signal);
      throw new Error('no answer');
    },
  });
  const stop = clock.runByItself(() => true);
  await night(EXIT.auth);
  await stop();
  expect(clock.now() - START).toBeLessThanOrEqual(WITHIN_MS);
  expect(warnings).toHaveLength(4);
});

it('the webhook is signed so that the official package knows it, each attempt anew and with the same id', async () => {
  // That package asks the real clock how old a signature is.
  const clock = new VirtualClock(Date.now());
  let attempts = 0;
  const { night, posts } = aStage(
    ({ url }) => (url.includes('hook') && ++attempts <= 2 ? { ...OK, status: 500 } : OK),
    { clock },
  );
  const stop = clock.runByItself(() => true);
  await night(EXIT.auth);
  await stop();
  const signed = posts.filter(({ url }) => url.includes('hook'));
  expect(signed).toHaveLength(3);
  for (const { body, headers } of signed) {
    expect(new Webhook(SECRET).verify(body, { ...headers })).toMatchObject({ type: 'night.failure' });
    expect(() => new Webhook(SECRET).verify(`${body} `, { ...headers })).toThrow();
  }
  expect(new Set(signed.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(new Set(signed.map(({ headers }) => headers['webhook-timestamp'])).size).toBeGreaterThan(1);
});
