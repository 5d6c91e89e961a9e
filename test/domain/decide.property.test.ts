import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CloseRequest } from '../../src/domain/close-request.ts';
import type { Conversation } from '../../src/domain/conversation.ts';
import { decide, lastActivity } from '../../src/domain/decide.ts';
import type { Mapping } from '../../src/domain/mapping.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { DAY } from '../../src/domain/time.ts';
import { ID, NOW } from './make.ts';

/** Moments around now that meet each other and every border often. */
const near = fc.integer({ min: -96, max: 24 }).map((hours) => NOW + hours * (DAY / 24));
const duration = fc.constantFrom(0, 1, 12, 24, 48, 72).map((hours) => hours * (DAY / 24));
const hostile = fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -1, 8.64e15 + 1, 1e300, -1e300);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const ids = fc.subarray(['q1', 'q2', 'd1']);
const kinds = fc.subarray(['webmessaging', 'whatsapp', 'sms']);

interface Situation {
  readonly conversation: Conversation;
  readonly mapping: Mapping | null;
  readonly request: CloseRequest | null;
  readonly policy: Policy;
}

function situations(moment: fc.Arbitrary<number>, length: fc.Arbitrary<number>): fc.Arbitrary<Situation> {
  const conversation: fc.Arbitrary<Conversation> = fc.record({
    id: fc.constant(ID),
    status: fc.constantFrom('active', 'active', 'active', 'closed', 'abandoned', 'unknown'),
    problem: maybe(fc.string()),
    endedAt: maybe(moment),
    messageTypes: fc.oneof({ weight: 3, arbitrary: fc.constant(['webmessaging']) }, kinds),
    lastActivityAt: maybe(moment),
    lastCustomerMessageAt: maybe(moment),
    lastAgentMessageAt: maybe(moment),
    agentConnected: maybe(fc.boolean()),
    agentAnswered: maybe(fc.boolean()),
    parked: maybe(fc.boolean()),
    inQueue: maybe(fc.boolean()),
    queueIds: maybe(ids),
    divisionIds: maybe(ids),
    platformEndsAt: maybe(moment),
  });
  const mapping: fc.Arbitrary<Mapping | null> = maybe(
    fc.record({
      conversationId: fc.constant(ID),
      sessionId: fc.string(),
      userId: fc.constant(null),
      startedAt: moment,
      lastActivityAt: maybe(moment),
      state: fc.constantFrom('open', 'closed', 'gone'),
      stateAt: maybe(moment),
      holdUntil: maybe(moment),
      restsUntil: maybe(moment),
      endSeenAt: maybe(moment),
    }),
  );
  const request: fc.Arbitrary<CloseRequest | null> = maybe(
    fc.record({
      id: fc.nat(),
      conversationId: fc.constant(ID),
      reason: maybe(fc.string()),
      origin: fc.constantFrom('cli', 'csv:a.csv#1', 'webhook:wrapup'),
      requestedAt: moment,
      force: fc.boolean(),
    }),
  );
  const policy: fc.Arbitrary<Policy> = fc.record({
    staleAfterMs: length,
    staleAfterWithAgentMs: length,
    awaitingAgent: fc.constantFrom('keep', 'close'),
    exemptQueues: fc.subarray(['q1', 'q3']),
    exemptDivisions: fc.subarray(['d1', 'd3']),
    platformTimerGraceMs: length,
    messageTypes: fc.constantFrom(['webmessaging'], ['webmessaging', 'sms']),
  });
  return fc.record({ conversation, mapping, request, policy });
}

const sane = situations(near, duration);
const decided = ({ conversation, mapping, request, policy }: Situation, now = NOW) =>
  decide(conversation, mapping, request, policy, now);
const RUNS = { numRuns: 2_000 };

describe('decide, for every input', () => {
  it('answers with an action, a reason and a sentence, however absurd the numbers', () => {
    const any = fc.oneof(near, hostile, fc.double());
    fc.assert(
      fc.property(situations(any, fc.oneof(duration, hostile)), fc.oneof(near, hostile), (situation, now) => {
        const decision = decided(situation, now);
        expect(['keep', 'close', 'settle']).toContain(decision.action);
        expect(decision.sentence.length).toBeGreaterThan(0);
        expect(decided(situation, now)).toEqual(decision);
      }),
      RUNS,
    );
  });

  it('never closes by policy where a duration or the time is no number', () => {
    const nan = fc.constant(Number.NaN);
    fc.assert(
      fc.property(situations(near, nan), (situation) => {
        expect(decided({ ...situation, request: null }).action).not.toBe('close');
      }),
    );
    fc.assert(
      fc.property(sane, (situation) => {
        expect(decided({ ...situation, request: null }, Number.NaN).action).not.toBe('close');
      }),
    );
  });

  it('never closes what cannot be understood, is on hold, or is not web messaging', () => {
    fc.assert(
      fc.property(sane, (situation) => {
        const { conversation, mapping, policy } = situation;
        const untouchable =
          conversation.status === 'unknown' ||
          (mapping?.holdUntil ?? 0) > NOW ||
          conversation.messageTypes.length === 0 ||
          conversation.messageTypes.some((type) => !policy.messageTypes.includes(type));
        fc.pre(untouchable);
        expect(decided(situation).action).not.toBe('close');
      }),
      RUNS,
    );
  });

  it('never closes what has ended', () => {
    fc.assert(
      fc.property(sane, fc.constantFrom('closed' as const, 'abandoned' as const), (situation, status) => {
        const ended = { ...situation, conversation: { ...situation.conversation, status } };
        expect(decided(ended)).toMatchObject({ action: 'settle', reason: 'ended' });
      }),
    );
  });

  it('never closes, unless requested, what is younger than the cutoff or of unknown age', () => {
    fc.assert(
      fc.property(sane, (situation) => {
        const { conversation, mapping, policy } = situation;
        const activity = lastActivity(conversation, mapping);
        fc.pre(activity === null || NOW - activity < policy.staleAfterMs);
        expect(decided({ ...situation, request: null }).action).not.toBe('close');
      }),
      RUNS,
    );
  });

  it('never closes, unless requested, what is exempt or parked', () => {
    fc.assert(
      fc.property(sane, (situation) => {
        const { conversation, policy } = situation;
        const exempt =
          conversation.queueIds?.some((id) => policy.exemptQueues.includes(id)) ||
          conversation.divisionIds?.some((id) => policy.exemptDivisions.includes(id));
        fc.pre(exempt === true || conversation.parked === true);
        expect(decided({ ...situation, request: null }).action).not.toBe('close');
      }),
      RUNS,
    );
  });

  it('never turns close into keep when only the last activity moves back, within one life', () => {
    fc.assert(
      fc.property(sane, fc.nat(30 * DAY), fc.nat(30 * DAY), (situation, there, here) => {
        fc.pre(decided(situation).action === 'close');
        const { conversation, mapping } = situation;
        // Activity that moves back to before an earlier end becomes that of another life, and says nothing any more.
        fc.pre(mapping === null || mapping.endSeenAt === null);
        const back = (at: number | null, by: number) => (at === null ? null : at - by);
        const earlier: Situation = {
          ...situation,
          conversation: { ...conversation, lastActivityAt: back(conversation.lastActivityAt, there) },
          mapping: mapping && { ...mapping, lastActivityAt: back(mapping.lastActivityAt, here) },
        };
        expect(decided(earlier).action).toBe('close');
      }),
      RUNS,
    );
  });

  it('closes on a forced request of a person whatever the activity and the policy', () => {
    fc.assert(
      fc.property(sane, near, (situation, requestedAt) => {
        const forced = { id: 1, conversationId: ID, reason: null, origin: 'cli', requestedAt, force: true };
        const conversation: Conversation = {
          ...situation.conversation,
          status: 'active',
          messageTypes: ['webmessaging'],
        };
        expect(decided({ ...situation, conversation, mapping: null, request: forced }).reason).toBe(
          'requested',
        );
      }),
    );
  });

  it('lets a webhook close nothing that is exempt, and a person only what was quiet since', () => {
    fc.assert(
      fc.property(sane, (situation) => {
        const { conversation, mapping, request } = situation;
        fc.pre(request !== null && decided(situation).reason === 'requested');
        const activity = lastActivity(conversation, mapping);
        expect(request?.force || activity === null || activity <= (request?.requestedAt ?? 0)).toBe(true);
        if (request?.origin.startsWith('webhook:')) {
          expect(decided({ ...situation, request: null }).reason).not.toBe('exempt');
          const { agentConnected, parked, inQueue } = conversation;
          expect([agentConnected, parked, inQueue]).not.toContain(true);
        }
      }),
      RUNS,
    );
  });
});
