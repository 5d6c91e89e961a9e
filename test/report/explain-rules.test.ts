import { describe, expect, it } from 'vitest';
import { type Case, RULES } from '../../src/domain/decide.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { PASSED, walkRules } from '../../src/report/explain-rules.ts';
import { aConversation, aMapping, aPolicy, aRequest, NOW } from '../domain/make.ts';

function answersOf(changes: Partial<Case> = {}): Record<string, string | null> {
  const { rules } = walkRules({
    conversation: aConversation(),
    mapping: aMapping(),
    request: null,
    policy: aPolicy(),
    now: NOW,
    ...changes,
  });
  return Object.fromEntries(rules.map(({ question, says }) => [question, says]));
}

describe('the answers of the rules', () => {
  it('has one for each rule that can be passed, and for no other', () => {
    expect(Object.keys(PASSED)).toEqual(RULES.slice(0, -1).map(({ name }) => name));
  });

  it('say of one that would be closed why nothing keeps it', () => {
    expect(answersOf()).toEqual({
      'can it be understood': 'yes',
      'has it ended': 'no: somebody is still in it',
      'is it another kind of messaging': 'no: it is webmessaging',
      'is it on hold': 'no',
      'was its close asked for': 'no request is pending',
      'is its queue or division exempt': 'no: none is (exemptQueues, exemptDivisions)',
      'is it parked': 'no',
      'will Genesys end it by itself soon': 'no: no timer is told',
      'is its last activity unknown': 'no',
      'was either side active recently': 'no: idle for 2d, not less than 1d (staleAfter)',
      'does the customer wait for a connected agent': 'no: no agent is connected',
      'is a connected agent given more time': 'no: no agent is connected',
      'did no agent ever answer': 'one did',
      'is it stale': 'idle for 2d',
    });
  });

  it.each<[string, Partial<Case>, string]>([
    [
      'is it on hold',
      { mapping: aMapping({ holdUntil: NOW - HOUR }) },
      'no: its hold ended at 2026-11-10T02:00:00.000Z',
    ],
    [
      'was its close asked for',
      {
        request: aRequest({ origin: 'webhook:wrap-up' }),
        policy: aPolicy({ exemptQueues: ['q1'] }),
      },
      "yes, by webhook:wrap-up, but only a person's request overrides an exemption",
    ],
    [
      'was its close asked for',
      {
        request: aRequest({ origin: 'webhook:wrap-up' }),
        conversation: aConversation({ parked: true }),
      },
      "yes, by webhook:wrap-up, but only a person's request overrides that an agent has parked it",
    ],
    [
      'is its queue or division exempt',
      { policy: aPolicy({ exemptQueues: ['q8', 'q9'], exemptDivisions: ['d9'] }) },
      'no: it is in none of 2 exempt queues and 1 divisions',
    ],
    ['is it parked', { conversation: aConversation({ parked: null }) }, 'not told'],
    [
      'will Genesys end it by itself soon',
      { conversation: aConversation({ platformEndsAt: NOW + DAY }) },
      'no: its timer ends it in 1d, later than 12h (platformTimerGrace)',
    ],
    [
      'will Genesys end it by itself soon',
      { conversation: aConversation({ platformEndsAt: NOW - HOUR }) },
      'no: its timer ran out at 2026-11-10T02:00:00.000Z, and it is still there',
    ],
    [
      'does the customer wait for a connected agent',
      {
        conversation: aConversation({ agentConnected: true, lastAgentMessageAt: null }),
        policy: aPolicy({ awaitingAgent: 'close' }),
      },
      'yes, and that counts for nothing (awaitingAgent: close)',
    ],
    [
      'does the customer wait for a connected agent',
      { conversation: aConversation({ agentConnected: true }) },
      'no: the customer was not the last to write',
    ],
    [
      'is a connected agent given more time',
      { conversation: aConversation({ agentConnected: true }) },
      'no: idle for 2d, not less than 1d (staleAfterWithAgent)',
    ],
    [
      'did no agent ever answer',
      { conversation: aConversation({ agentAnswered: false }) },
      'none did, but the customer was not the last to write',
    ],
  ])('%s: %#', (question, changes, expected) => {
    expect(answersOf(changes)[question]).toBe(expected);
  });
});
