import { describe, expect, it } from 'vitest';
import type { CloseRequest } from '../../src/domain/close-request.ts';
import { type Conversation, unreadable } from '../../src/domain/conversation.ts';
import { CLOSE_REASONS, decide, KEEP_REASONS, lastActivity, RULES } from '../../src/domain/decide.ts';
import type { Mapping } from '../../src/domain/mapping.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { aConversation, aMapping, aPolicy, aRequest, ID, NOW } from './make.ts';

interface Given {
  conversation?: Partial<Conversation>;
  mapping?: Partial<Mapping> | null;
  request?: Partial<CloseRequest>;
  policy?: Partial<Policy>;
}

function decisionFor({ conversation, mapping, request, policy }: Given) {
  return decide(
    aConversation(conversation),
    mapping === null ? null : aMapping(mapping),
    request === undefined ? null : aRequest(request),
    aPolicy(policy),
    NOW,
  );
}

function reasonFor(given: Given) {
  const { action, reason } = decisionFor(given);
  return `${action} ${reason}`;
}

const WAITING = { lastCustomerMessageAt: NOW - 2 * DAY, lastAgentMessageAt: NOW - 3 * DAY };
const EXEMPT = { exemptQueues: ['q1'] };
const QUIET_FOR = (ms: number) => ({
  conversation: { lastActivityAt: NOW - ms },
  mapping: { lastActivityAt: null },
});

describe('decide', () => {
  it.each([
    ['a reply that was not understood', { conversation: { status: 'unknown' } }, 'keep unreadable'],
    ['one that has ended', { conversation: { status: 'closed' } }, 'settle ended'],
    ['one that was abandoned', { conversation: { status: 'abandoned' } }, 'settle ended'],
    ['another kind of messaging', { conversation: { messageTypes: ['whatsapp'] } }, 'keep not_web_messaging'],
    [
      'a mixture of kinds',
      { conversation: { messageTypes: ['webmessaging', 'sms'] } },
      'keep not_web_messaging',
    ],
    ['no kind at all', { conversation: { messageTypes: [] } }, 'keep not_web_messaging'],
    [
      'another kind that is allowed',
      { conversation: { messageTypes: ['sms'] }, policy: { messageTypes: ['sms'] } },
      'close stale',
    ],
    ['a hold', { mapping: { holdUntil: NOW + 1 } }, 'keep on_hold'],
    ['a hold that ends now', { mapping: { holdUntil: NOW } }, 'close stale'],
    ['a request', { request: {} }, 'close requested'],
    ['a request for what no mapping knows', { request: {}, mapping: null }, 'close requested'],
    [
      'a request for what has no known activity',
      { request: {}, mapping: null, conversation: { lastActivityAt: null } },
      'close requested',
    ],
    [
      'a request and remote activity since',
      { request: {}, conversation: { lastActivityAt: NOW - HOUR + 1 } },
      'keep active_since_request',
    ],
    [
      'a request and our activity since',
      { request: {}, mapping: { lastActivityAt: NOW - HOUR + 1 } },
      'keep active_since_request',
    ],
    [
      'a request at the very moment of activity',
      { request: {}, conversation: { lastActivityAt: NOW - HOUR } },
      'close requested',
    ],
    [
      'a forced request and activity since',
      { request: { force: true }, conversation: { lastActivityAt: NOW } },
      'close requested',
    ],
    ["a person's request for an exempt one", { request: {}, policy: EXEMPT }, 'close requested'],
    [
      "a file's request for an exempt one",
      { request: { origin: 'csv:a.csv#2' }, policy: EXEMPT },
      'close requested',
    ],
    ["a webhook's request", { request: { origin: 'webhook:wrapup' } }, 'close requested'],
    [
      "a webhook's request for an exempt one",
      { request: { origin: 'webhook:wrapup' }, policy: EXEMPT },
      'keep exempt',
    ],
    [
      "a webhook's request and activity since",
      { request: { origin: 'webhook:wrapup' }, conversation: { lastActivityAt: NOW } },
      'keep active_since_request',
    ],
    [
      "a webhook's request while an agent is connected",
      { request: { origin: 'webhook:wrapup' }, conversation: { agentConnected: true } },
      'keep agent_connected',
    ],
    [
      "a webhook's request for one that waits for an agent",
      { request: { origin: 'webhook:wrapup' }, conversation: { inQueue: true } },
      'keep awaiting_agent',
    ],
    [
      "a person's request for one that waits for an agent",
      { request: {}, conversation: { inQueue: true } },
      'close requested',
    ],
    ['one that waits for an agent for long', { conversation: { inQueue: true } }, 'close stale'],
    [
      "a person's request while an agent is connected",
      { request: {}, conversation: { agentConnected: true } },
      'close requested',
    ],
    [
      "a webhook's request for one that an agent has parked",
      { request: { origin: 'webhook:wrapup' }, conversation: { agentConnected: true, parked: true } },
      'keep parked',
    ],
    ['an exempt queue', { policy: EXEMPT }, 'keep exempt'],
    [
      'an exempt queue that it has left',
      { policy: EXEMPT, conversation: { queueIds: ['q1', 'q2'] } },
      'keep exempt',
    ],
    ['an exempt queue elsewhere', { policy: { exemptQueues: ['q2'] } }, 'close stale'],
    [
      'exempt queues when its own is not told',
      { policy: EXEMPT, conversation: { queueIds: null } },
      'keep exempt',
    ],
    ['an exempt division', { policy: { exemptDivisions: ['d1'] } }, 'keep exempt'],
    [
      'exempt divisions when its own is not told',
      { policy: { exemptDivisions: ['d2'] }, conversation: { divisionIds: null } },
      'keep exempt',
    ],
    ['no queue told and none exempt', { conversation: { queueIds: null, divisionIds: null } }, 'close stale'],
    ['a parked one', { conversation: { parked: true } }, 'keep parked'],
    ['a parking state that is not told', { conversation: { parked: null } }, 'close stale'],
    [
      'a timer that ends it at the end of the grace',
      { conversation: { platformEndsAt: NOW + 12 * HOUR } },
      'keep platform_timer',
    ],
    ['a timer beyond the grace', { conversation: { platformEndsAt: NOW + 12 * HOUR + 1 } }, 'close stale'],
    ['a timer that is due now', { conversation: { platformEndsAt: NOW } }, 'close stale'],
    ['a timer in the next millisecond', { conversation: { platformEndsAt: NOW + 1 } }, 'keep platform_timer'],
    [
      'no known activity',
      { conversation: { lastActivityAt: null }, mapping: { lastActivityAt: null } },
      'keep unknown_activity',
    ],
    [
      'no known activity and no mapping',
      { conversation: { lastActivityAt: null }, mapping: null },
      'keep unknown_activity',
    ],
    ['remote activity just inside', QUIET_FOR(DAY - 1), 'keep active_recently'],
    ['remote activity exactly at the cutoff', QUIET_FOR(DAY), 'close stale'],
    ['our activity just inside', { mapping: { lastActivityAt: NOW - DAY + 1 } }, 'keep active_recently'],
    [
      'only our activity, exactly at the cutoff',
      { conversation: { lastActivityAt: null }, mapping: { lastActivityAt: NOW - DAY } },
      'close stale',
    ],
    ['activity in the future', { mapping: { lastActivityAt: NOW + DAY } }, 'keep active_recently'],
    [
      'a customer who waits for a connected agent',
      { conversation: { ...WAITING, agentConnected: true } },
      'keep awaiting_agent',
    ],
    [
      'the same when the policy allows it',
      { conversation: { ...WAITING, agentConnected: true }, policy: { awaitingAgent: 'close' } },
      'close stale',
    ],
    [
      'an agent who answered in the same moment',
      { conversation: { agentConnected: true, lastCustomerMessageAt: NOW - 2 * DAY } },
      'close stale',
    ],
    ['a waiting customer whose agent has left', { conversation: WAITING }, 'close stale'],
    [
      'a waiting customer, agent not told',
      { conversation: { ...WAITING, agentConnected: null } },
      'close stale',
    ],
    [
      'a connected agent just inside its time',
      { conversation: { agentConnected: true }, policy: { staleAfterWithAgentMs: 2 * DAY + 1 } },
      'keep agent_connected',
    ],
    [
      'a connected agent exactly at its time',
      { conversation: { agentConnected: true }, policy: { staleAfterWithAgentMs: 2 * DAY } },
      'close stale',
    ],
    [
      'an agent who has left, who gets no more time',
      { policy: { staleAfterWithAgentMs: 9 * DAY } },
      'close stale',
    ],
    [
      'a shorter time with agent, which counts for nothing',
      { ...QUIET_FOR(DAY - 1), policy: { staleAfterWithAgentMs: 1 } },
      'keep active_recently',
    ],
    [
      'a customer whom nobody ever answered',
      { conversation: { ...WAITING, agentAnswered: false } },
      'close stale_unanswered',
    ],
    [
      'a customer, and whether anybody answered is not told',
      { conversation: { ...WAITING, agentAnswered: null } },
      'close stale',
    ],
    [
      'nobody ever wrote and nobody answered',
      { conversation: { lastCustomerMessageAt: null, lastAgentMessageAt: null, agentAnswered: false } },
      'close stale',
    ],
    ['an abandoned talk', {}, 'close stale'],
    ['the same without a mapping', { mapping: null }, 'close stale'],
  ] as [string, Given, string][])('%s', (_, given, expected) => {
    expect(reasonFor(given)).toBe(expected);
  });

  it('gives every reason of the contract a sentence', () => {
    const seen = new Set<string>();
    const cases: Given[] = [
      { conversation: { status: 'unknown' } },
      { conversation: { messageTypes: [] } },
      { mapping: { holdUntil: NOW + 1 } },
      { request: {}, conversation: { lastActivityAt: NOW } },
      { policy: EXEMPT },
      { conversation: { parked: true } },
      { conversation: { platformEndsAt: NOW + 1 } },
      { conversation: { lastActivityAt: null }, mapping: null },
      { conversation: { lastActivityAt: NOW } },
      { conversation: { ...WAITING, agentConnected: true } },
      { conversation: { agentConnected: true }, policy: { staleAfterWithAgentMs: 9 * DAY } },
      { request: {} },
      { conversation: { ...WAITING, agentAnswered: false } },
      {},
    ];
    for (const given of cases) {
      const decision = decisionFor(given);
      expect(decision.sentence).toMatch(/^\S.+[^.]$/);
      seen.add(decision.reason);
    }
    expect([...seen].sort()).toEqual([...KEEP_REASONS, ...CLOSE_REASONS].sort());
  });
});

describe('the sentence', () => {
  const AT = NOW - 2 * DAY;
  const AT_TEXT = '2026-11-08T03:00:00.000Z';
  const LATEST = 8.64e15;

  it.each<[string, Given, string]>([
    [
      'of a reply that was not understood says why',
      { conversation: unreadable(ID, 'it has no participants') },
      'the reply could not be understood: it has no participants',
    ],
    [
      'of one for which there is no why says that',
      { conversation: { status: 'unknown' } },
      'the reply could not be understood: no reason given',
    ],
    [
      'of an end says when',
      { conversation: { status: 'closed', endedAt: AT } },
      `it has already ended at ${AT_TEXT}`,
    ],
    ['of an end without a time does not', { conversation: { status: 'closed' } }, 'it has already ended'],
    [
      'of other media names them',
      { conversation: { messageTypes: ['sms', 'line'] } },
      'it is sms, line, not ours to close',
    ],
    [
      'of a medium that is not told says that',
      { conversation: { messageTypes: [] } },
      'it does not say what kind of messaging it is',
    ],
    [
      'of a hold says until when',
      { mapping: { holdUntil: NOW + DAY } },
      'it is on hold until 2026-11-11T03:00:00.000Z',
    ],
    [
      'of the last moment that there is gives it',
      { mapping: { holdUntil: LATEST } },
      'it is on hold until +275760-09-13T00:00:00.000Z',
    ],
    [
      'of a moment that is none gives no time',
      { mapping: { holdUntil: LATEST + 1e9 } },
      'it is on hold until an unreadable time',
    ],
    [
      'of activity since a request gives both moments',
      { request: { requestedAt: AT - DAY } },
      `it was active at ${AT_TEXT}, after the close was asked for at 2026-11-07T03:00:00.000Z`,
    ],
    [
      'of a request says by whom and when',
      { request: { requestedAt: AT } },
      `its close was asked for by cli at ${AT_TEXT}`,
    ],
    [
      'of an exemption names what is exempt',
      { policy: { exemptDivisions: ['d1'] } },
      'its division d1 is exempt',
    ],
    [
      'of the platform timer says when it ends',
      { conversation: { platformEndsAt: NOW + 1 } },
      "Genesys's own inactivity timer ends it at 2026-11-10T03:00:00.001Z",
    ],
    [
      'of recent activity says how old it is, and how old it must be',
      QUIET_FOR(3 * HOUR),
      'it was active 3h ago, less than 1d',
    ],
    [
      'of a connected agent says the same',
      { conversation: { agentConnected: true }, policy: { staleAfterWithAgentMs: 3 * DAY } },
      'an agent is connected and it was active 2d ago, less than 3d',
    ],
    ['of a stale one says for how long', {}, 'idle for 2d'],
  ])('%s', (_, given, sentence) => {
    expect(decisionFor(given).sentence).toBe(sentence);
  });
});

describe('the rules', () => {
  it('have names for people that are questions, no two the same', () => {
    const names = RULES.map(({ name }) => name);
    for (const name of names) expect(name).toMatch(/^(can|does|did|has|is|was|will) \w/);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('of two rules that both apply, the earlier one wins', () => {
  const ladder: [string, Given][] = [
    ['keep unreadable', { conversation: { status: 'unknown' } }],
    ['settle ended', { conversation: { status: 'closed' } }],
    ['keep not_web_messaging', { conversation: { messageTypes: ['sms'] } }],
    ['keep on_hold', { mapping: { holdUntil: NOW + DAY } }],
    ['keep active_since_request', { request: { requestedAt: NOW - 3 * DAY } }],
    ['close requested', { request: {} }],
    ['keep exempt', { policy: EXEMPT }],
    ['keep parked', { conversation: { parked: true } }],
    ['keep platform_timer', { conversation: { platformEndsAt: NOW + HOUR } }],
    ['keep unknown_activity', { conversation: { lastActivityAt: null }, mapping: { lastActivityAt: null } }],
    ['keep active_recently', { conversation: { lastActivityAt: NOW - HOUR } }],
    [
      'keep awaiting_agent',
      { conversation: { ...WAITING, agentConnected: true }, policy: { awaitingAgent: 'keep' } },
    ],
    [
      'keep agent_connected',
      {
        conversation: { agentConnected: true },
        policy: { staleAfterWithAgentMs: 9 * DAY, awaitingAgent: 'close' },
      },
    ],
    ['close stale_unanswered', { conversation: { ...WAITING, agentAnswered: false } }],
    ['close stale', {}],
  ];
  const both = (later: Given, earlier: Given): Given => ({
    conversation: { ...later.conversation, ...earlier.conversation },
    mapping: { ...later.mapping, ...earlier.mapping },
    policy: { ...later.policy, ...earlier.policy },
    ...((later.request ?? earlier.request) && { request: { ...later.request, ...earlier.request } }),
  });
  const pairs = ladder.slice(1).map((later, at) => [ladder[at], later] as [[string, Given], [string, Given]]);

  it.each(pairs.map(([earlier, later]) => [earlier[0], later[0], earlier[1], later[1]] as const))(
    '%s before %s',
    (expected, other, earlier, later) => {
      expect(reasonFor(earlier)).toBe(expected);
      expect(reasonFor(later)).toBe(other);
      expect(reasonFor(both(later, earlier))).toBe(expected);
    },
  );
});

describe('the last activity', () => {
  it.each([
    [null, null, null],
    [5, null, 5],
    [null, 7, 7],
    [5, 7, 7],
    [7, 5, 7],
    [Number.NaN, 5, 5],
    [Number.POSITIVE_INFINITY, null, null],
  ])('of %s there and %s here is %s', (there, here, expected) => {
    expect(lastActivity(aConversation({ lastActivityAt: there }), aMapping({ lastActivityAt: here }))).toBe(
      expected,
    );
  });
});

describe('a conversation that came back to life after it had ended', () => {
  const silent = { lastActivityAt: null };
  const endSeen = (hoursAgo: number, activeHoursAgo: number) => ({
    state: 'open' as const,
    endSeenAt: NOW - hoursAgo * HOUR,
    lastActivityAt: NOW - activeHoursAgo * HOUR,
  });

  it('is not stale by what our own side knew of its earlier life, whatever its mapping says by now', () => {
    for (const state of ['open', 'closed'] as const) {
      const reason = reasonFor({ conversation: silent, mapping: { ...endSeen(30, 90), state } });
      expect(reason).toBe('keep unknown_activity');
    }
  });

  it('is not stale by a sign of life in the very moment of that end', () => {
    expect(reasonFor({ conversation: silent, mapping: endSeen(30, 30) })).toBe('keep unknown_activity');
  });

  it('is judged by what our own side knows of its new one', () => {
    expect(reasonFor({ conversation: silent, mapping: endSeen(90, 30) })).toBe('close stale');
    expect(reasonFor({ conversation: silent, mapping: endSeen(90, 2) })).toBe('keep active_recently');
  });

  it('still counts as active since a request that came before its earlier end', () => {
    const request = { requestedAt: NOW - 100 * HOUR };
    const reason = reasonFor({ conversation: silent, mapping: endSeen(30, 90), request });
    expect(reason).toBe('keep active_since_request');
  });
});
