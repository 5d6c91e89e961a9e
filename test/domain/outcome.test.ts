import { describe, expect, it } from 'vitest';
import { isFromPerson } from '../../src/domain/close-request.ts';
import { lastSpeaker, type RemoteStatus, unreadable } from '../../src/domain/conversation.ts';
import {
  consequencesOf,
  endedAfterIntent,
  factsOf,
  NO_FACTS,
  OUTCOMES,
  type OutcomeKind,
  originOf,
  UNSETTLED,
} from '../../src/domain/outcome.ts';
import { COUNT_OF, isBaseline, noCounts, noRequests, type Run } from '../../src/domain/run.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { aConversation, aMapping, anOutcome, aPolicy, aRequest, ID, NOW } from './make.ts';

describe('what an outcome changes', () => {
  it.each([
    ['closed', 'closed', 'closed', true],
    ['closed', 'unknown', 'closed', true],
    ['already_closed', 'abandoned', 'closed', true],
    ['not_found', 'unknown', 'gone', true],
    ['kept', 'active', 'open', true],
    ['kept', 'unknown', null, true],
    ['expired', 'unknown', null, true],
    ['unconfirmed', 'active', 'open', false],
    ['unconfirmed', 'unknown', null, false],
    ['failed', 'active', 'open', false],
    ['failed', 'unknown', null, false],
    ['not_attempted', 'unknown', null, false],
    ['not_attempted', 'active', 'open', false],
    ['would_close', 'active', null, false],
  ] as [OutcomeKind, RemoteStatus, string | null, boolean][])(
    '%s, seen %s: mapping %s, request settled %s',
    (outcome, remoteStatus, mappingState, settlesRequest) => {
      expect(consequencesOf(anOutcome({ outcome, remoteStatus }))).toMatchObject({
        mappingState,
        settlesRequest,
      });
    },
  );

  it('needs an intent for a close of ours alone, and not once that was given up', () => {
    const needing = OUTCOMES.filter((outcome) => consequencesOf(anOutcome({ outcome })).needsIntent);
    expect(needing).toEqual(['closed']);
    expect(consequencesOf(anOutcome({ outcome: 'closed', reason: 'confirmed_late' })).needsIntent).toBe(
      false,
    );
  });

  it('leaves a request pending exactly for those of which it is the answer all the same', () => {
    const pending = OUTCOMES.filter((outcome) => !consequencesOf(anOutcome({ outcome })).settlesRequest);
    expect(pending.filter((outcome) => outcome !== 'would_close').sort()).toEqual([...UNSETTLED].sort());
  });

  it('is counted under a name of its own for each of the nine', () => {
    const names = OUTCOMES.map((outcome) => COUNT_OF[outcome]);
    expect(new Set(names).size).toBe(9);
    expect(Object.keys(noCounts())).toEqual(expect.arrayContaining(names));
  });
});

describe('nothing', () => {
  it('is what is known of a conversation that was not read', () => {
    expect(NO_FACTS).toEqual({
      remoteStatus: 'unknown',
      remoteLastActivityAt: null,
      idleSeconds: null,
      queueId: null,
      agentConnected: null,
    });
  });

  it('is what one that cannot be understood tells, but why', () => {
    const { id, status, problem, messageTypes, ...rest } = unreadable(ID, 'not JSON');
    expect({ id, status, problem, messageTypes }).toEqual({
      id: ID,
      status: 'unknown',
      problem: 'not JSON',
      messageTypes: [],
    });
    for (const value of Object.values(rest)) expect(value).toBeNull();
  });

  it('was requested and counted before a run', () => {
    expect(noRequests()).toEqual({
      total: 0,
      reads: 0,
      closes: 0,
      surveys: 0,
      tokens: 0,
      rateLimited: 0,
      retried: 0,
    });
    for (const count of Object.values(noCounts())) expect(count).toBe(0);
  });
});

describe('an end that was read after the intent', () => {
  const intendedAt = NOW;
  it.each([
    ['later', { status: 'closed', endedAt: NOW + 1 }, true],
    ['60 s before', { status: 'closed', endedAt: NOW - 60_000 }, true],
    ['more than 60 s before', { status: 'closed', endedAt: NOW - 60_001 }, false],
    ['as abandoned', { status: 'abandoned', endedAt: NOW }, true],
    ['without a time', { status: 'closed', endedAt: null }, true],
    ['with a time that is none', { status: 'closed', endedAt: Number.NaN }, false],
    ['not at all', { status: 'active', endedAt: NOW }, false],
    ['in words not understood', { status: 'unknown', endedAt: NOW }, false],
  ] as const)('%s is ours: %o %s', (_, changes, ours) => {
    expect(endedAfterIntent(aConversation(changes), intendedAt)).toBe(ours);
  });
});

describe('the facts of an outcome', () => {
  it('take the later side for idleness, the current queue, and what the remote side said', () => {
    const conversation = aConversation({ queueIds: ['q1', 'q2'], agentConnected: true });
    expect(factsOf(conversation, aMapping({ lastActivityAt: NOW - HOUR - 400 }), NOW)).toEqual({
      remoteStatus: 'active',
      remoteLastActivityAt: NOW - 2 * DAY,
      idleSeconds: 3_600,
      queueId: 'q2',
      agentConnected: true,
    });
  });

  it.each([
    ['nothing known', { lastActivityAt: null, queueIds: null }, { idleSeconds: null, queueId: null }],
    ['no queue', { queueIds: [] }, { queueId: null }],
    ['one queue', { queueIds: ['q1'] }, { queueId: 'q1' }],
    ['activity ahead of the clock', { lastActivityAt: NOW + HOUR }, { idleSeconds: 0 }],
  ])('with %s', (_, changes, expected) => {
    expect(factsOf(aConversation(changes), null, NOW)).toMatchObject(expected);
  });
});

describe('who', () => {
  it.each([
    [null, null, null],
    [1, null, 'customer'],
    [null, 1, 'agent'],
    [2, 1, 'customer'],
    [1, 2, 'agent'],
    [1, 1, 'agent'],
  ])('wrote last, customer at %s and agent at %s: %s', (customer, agent, expected) => {
    const conversation = aConversation({ lastCustomerMessageAt: customer, lastAgentMessageAt: agent });
    expect(lastSpeaker(conversation)).toBe(expected);
  });

  it('asked: a request gives its origin, else the schedule', () => {
    expect(originOf(aRequest({ origin: 'csv:a.csv#2' }))).toBe('csv:a.csv#2');
    expect(originOf(null)).toBe('schedule');
  });

  it.each([
    ['cli', true],
    ['csv:webhook:.csv#1', true],
    ['webhook:wrapup', false],
  ])('%s is a person: %s', (origin, person) => {
    expect(isFromPerson(aRequest({ origin }))).toBe(person);
  });
});

describe('a baseline run', () => {
  const run: Run = {
    id: 1,
    kind: 'sweep',
    scope: 'full',
    state: 'done',
    dryRun: false,
    policy: aPolicy(),
    counts: noCounts(),
    requests: noRequests(),
    startedAt: NOW,
    finishedAt: NOW,
    exitCode: 0,
    message: '',
    host: 'h',
    pid: 1,
    version: '1',
  };
  it.each([
    ['is a full sweep that ended with 0', {}, true],
    ['or 3', { exitCode: 3 }, true],
    ['or 6', { exitCode: 6 }, true],
    ['is none that was refused', { exitCode: 5 }, false],
    ['is none that is running', { exitCode: null }, false],
    ['is no dry one', { dryRun: true }, false],
    ['is no limited one', { scope: 'limited' }, false],
    ['is none that served requests only', { scope: 'requested' }, false],
    ['is no close', { kind: 'close' }, false],
  ] as [string, Partial<Run>, boolean][])('%s', (_, changes, expected) => {
    expect(isBaseline({ ...run, ...changes })).toBe(expected);
  });
});
