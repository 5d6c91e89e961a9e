import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../src/domain/conversation.ts';
import { unreadable } from '../../src/domain/conversation.ts';
import { ApiError, UnavailableError } from '../../src/domain/errors.ts';
import { SECOND } from '../../src/domain/time.ts';
import { createEnding, RunEnded } from '../../src/sweep/ending.ts';
import type { CallContext } from '../../src/sweep/ports.ts';
import { newTrace } from '../../src/sweep/recorder.ts';
import { verify, whyUnread } from '../../src/sweep/verify.ts';
import { aConversation, ID } from '../domain/make.ts';
import { START, VirtualClock } from '../helpers/virtual-clock.ts';

const ACTIVE = aConversation();
const ENDED = aConversation({ status: 'closed' });
const LOST = new ApiError('the answer was lost', { failure: 'lost' });

type Seen = Conversation | null | Error;

/** Verifies for so long what one read after the other shows; the last of them shows for ever. */
async function verified(forMs: number, ...reads: [Seen, ...Seen[]]) {
  const clock = new VirtualClock();
  const at: number[] = [];
  const contexts: CallContext[] = [];
  const api = {
    read: async (id: string, context: CallContext) => {
      expect(id).toBe(ID);
      contexts.push(context);
      at.push((clock.now() - START) / SECOND);
      const seen = reads[Math.min(at.length, reads.length) - 1] as Seen;
      if (seen instanceof Error) throw seen;
      return seen;
    },
    close: () => Promise.reject(new Error('Nothing is closed while verifying.')),
  };
  const context = { signal: new AbortController().signal, trace: newTrace() };
  const result = verify(ID, START + forMs, { api, clock, context }).catch((error: unknown) => error);
  await clock.advance(120 * SECOND);
  return { result: await result, at, contexts, context, sleepers: clock.sleepers };
}

describe('verifying', () => {
  it('knows of the moment at which it asked, however long the answer took', async () => {
    const clock = new VirtualClock();
    const api = {
      read: async (_id: string, { signal }: CallContext) => {
        await clock.sleep(300 * SECOND, signal);
        return ACTIVE;
      },
      close: () => Promise.reject(new Error('Nothing is closed while verifying.')),
    };
    const context = { signal: new AbortController().signal, trace: newTrace() };
    const verdict = verify(ID, START + SECOND, { api, clock, context });
    await clock.advance(301 * SECOND);
    expect(await verdict).toEqual({ kind: 'active', conversation: ACTIVE, asOf: START + SECOND });
  });

  it('asks once more where what was asked before the end comes only after it', async () => {
    const clock = new VirtualClock();
    const at: number[] = [];
    const api = {
      read: async (_id: string, { signal }: CallContext) => {
        at.push((clock.now() - START) / SECOND);
        if (at.length > 1) return ENDED;
        await clock.sleep(20 * SECOND, signal);
        return ACTIVE;
      },
      close: () => Promise.reject(new Error('Nothing is closed while verifying.')),
    };
    const context = { signal: new AbortController().signal, trace: newTrace() };
    const verdict = verify(ID, START + 15 * SECOND, { api, clock, context });
    await clock.advance(30 * SECOND);
    expect(await verdict).toEqual({ kind: 'ended', conversation: ENDED });
    expect(at).toEqual([1, 21]);
  });

  it.each<[string, number, [Seen, ...Seen[]], number[], object]>([
    ['reads with growing waits, the last time at the end', 15, [ACTIVE], [1, 3, 7, 15], { kind: 'active' }],
    ['waits no longer than there is time', 5, [ACTIVE], [1, 3, 5], { kind: 'active' }],
    ['reads at once when the time is up', 0, [ACTIVE], [0], { kind: 'active' }],
    ['reads at once when the time is long over', -60, [ACTIVE], [0], { kind: 'active' }],
    ['is done when the end shows', 15, [ACTIVE, ENDED], [1, 3], { kind: 'ended', conversation: ENDED }],
    ['is done when it is gone', 15, [ACTIVE, null], [1, 3], { kind: 'gone' }],
    ['believes the last read, not one before', 3, [LOST, ACTIVE], [1, 3], { kind: 'active' }],
    ['proves nothing by a read that fails', 3, [ACTIVE, LOST], [1, 3], { kind: 'unread', error: LOST }],
    ['goes on after one that fails', 15, [LOST, ENDED], [1, 3], { kind: 'ended' }],
    [
      'proves nothing by a reply that cannot be understood',
      1,
      [unreadable(ID, 'it has no participants')],
      [1],
      {
        kind: 'unread',
        error: {
          failure: 'not_json',
          message: 'the reply could not be understood: it has no participants',
        },
      },
    ],
    [
      'also when nobody says why',
      1,
      [aConversation({ status: 'unknown' })],
      [1],
      { kind: 'unread', error: { message: 'the reply could not be understood: no reason given' } },
    ],
  ])('%s', async (_, seconds, reads, expectedAt, verdict) => {
    const { result, at, sleepers } = await verified(seconds * SECOND, ...reads);
    expect(result).toMatchObject(verdict);
    expect({ at, sleepers }).toEqual({ at: expectedAt, sleepers: 0 });
  });

  it('throws on what ends the run, and bugs', async () => {
    const bug = new TypeError('a bug');
    expect((await verified(15 * SECOND, bug)).result).toBe(bug);
    const ends = new UnavailableError('Nobody answers.');
    expect((await verified(15 * SECOND, ends)).result).toBe(ends);
  });

  it('goes before other reads, and its cost is that of the conversation', async () => {
    const { contexts, context } = await verified(SECOND, ENDED);
    expect(contexts).toEqual([{ ...context, urgent: true }]);
    expect(contexts[0]?.trace).toBe(context.trace);
  });
});

describe('why it was not read', () => {
  const ending = () => createEnding();

  it('is the error of the one conversation', () => {
    const run = ending();
    expect(whyUnread(LOST, run)).toBe(LOST);
    expect(run.stopped).toBe(false);
  });

  it.each([
    ['the run has ended', new RunEnded('over'), []],
    ['the remote side has ended the run', new UnavailableError('Nobody answers.'), [8]],
  ])('is that %s', (_, error, codes) => {
    const run = ending();
    expect(whyUnread(error, run)).toMatchObject({
      name: 'ApiError',
      message: 'the run ended before it was verified',
      failure: 'lost',
    });
    expect(run.codes).toEqual(codes);
  });

  it('is not a bug: that is thrown on', () => {
    const bug = new TypeError('a bug');
    expect(() => whyUnread(bug, ending())).toThrow(bug);
  });
});
