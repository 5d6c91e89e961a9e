import { isFromPerson } from '../domain/close-request.ts';
import { lastSpeaker } from '../domain/conversation.ts';
import { type Case, type Decision, lastActivity, RULES } from '../domain/decide.ts';
import { humanDuration, toIso } from '../domain/time.ts';

/** One rule of decide(): whether it decided, was passed, or never asked because an earlier one decided. */
export interface RuleStep {
  readonly question: string;
  readonly result: 'decided' | 'passed' | 'not_asked';
  /** The answer in plain words; null when it was not asked. */
  readonly says: string | null;
}

/** decide(), rule by rule. */
export function walkRules(c: Case): { rules: RuleStep[]; decision: Decision | null } {
  let decision: Decision | null = null;
  const rules = RULES.map(({ name: question, rule }): RuleStep => {
    if (decision !== null) return { question, result: 'not_asked', says: null };
    decision = rule(c);
    return decision === null
      ? { question, result: 'passed', says: PASSED[question]?.(c) ?? 'no' }
      : { question, result: 'decided', says: decision.sentence };
  });
  return { rules, decision };
}

const NOBODY = 'no: no agent is connected';

/** Why a rule does not decide, by its name. */
export const PASSED: Readonly<Record<string, (c: Case) => string>> = {
  'can it be understood': () => 'yes',
  'has it ended': () => 'no: somebody is still in it',
  'is it another kind of messaging': ({ conversation }) =>
    `no: it is ${conversation.messageTypes.join(', ')}`,
  'is it on hold': ({ mapping }) =>
    mapping === null || mapping.holdUntil === null
      ? 'no'
      : `no: its hold ended at ${toIso(mapping.holdUntil)}`,
  'was its close asked for': ({ request, conversation }) => {
    if (request === null || isFromPerson(request)) return 'no request is pending';
    const what = conversation.parked === true ? 'that an agent has parked it' : 'an exemption';
    return `yes, by ${request.origin}, but only a person's request overrides ${what}`;
  },
  'is its queue or division exempt': ({ policy: { exemptQueues, exemptDivisions } }) =>
    exemptQueues.length + exemptDivisions.length === 0
      ? 'no: none is (exemptQueues, exemptDivisions)'
      : `no: it is in none of ${exemptQueues.length} exempt queues and ${exemptDivisions.length} divisions`,
  'is it parked': ({ conversation }) => (conversation.parked === null ? 'not told' : 'no'),
  'will Genesys end it by itself soon': ({ conversation: { platformEndsAt: at }, policy, now }) => {
    if (at === null) return 'no: no timer is told';
    return at <= now
      ? `no: its timer ran out at ${toIso(at)}, and it is still there`
      : `no: its timer ends it in ${humanDuration(at - now)}, later than ${humanDuration(policy.platformTimerGraceMs)} (platformTimerGrace)`;
  },
  'is its last activity unknown': () => 'no',
  'was either side active recently': (c) =>
    `no: idle for ${idle(c)}, not less than ${humanDuration(c.policy.staleAfterMs)} (staleAfter)`,
  'does the customer wait for a connected agent': ({ conversation, policy }) => {
    if (conversation.agentConnected !== true) return NOBODY;
    return lastSpeaker(conversation) === 'customer' && policy.awaitingAgent === 'close'
      ? 'yes, and that counts for nothing (awaitingAgent: close)'
      : 'no: the customer was not the last to write';
  },
  'is a connected agent given more time': (c) =>
    c.conversation.agentConnected === true
      ? `no: idle for ${idle(c)}, not less than ${humanDuration(c.policy.staleAfterWithAgentMs)} (staleAfterWithAgent)`
      : NOBODY,
  'did no agent ever answer': ({ conversation }) =>
    conversation.agentAnswered === false ? 'none did, but the customer was not the last to write' : 'one did',
};

function idle({ conversation, mapping, now }: Case): string {
  return humanDuration(now - (lastActivity(conversation, mapping) ?? now));
}
