import type { Instant } from './time.ts';

/**
 * `active`: somebody is still in it. `closed`: ended after an agent was connected. `abandoned`: ended and no
 * agent ever was. `unknown`: the reply could not be understood, which is never a reason to close.
 */
export type RemoteStatus = 'active' | 'closed' | 'abandoned' | 'unknown';

/**
 * One conversation as the remote side showed it in a single read, reduced to what decisions need.
 * `null` always means "the remote side does not tell", never "no".
 */
export interface Conversation {
  readonly id: string;
  readonly status: RemoteStatus;
  /** Why the status is `unknown`, in words; null otherwise. */
  readonly problem: string | null;
  /** Latest end of a participant, when ended and told. */
  readonly endedAt: Instant | null;
  /** Kinds of messaging seen on the customer's side (`webmessaging`, `whatsapp`, …), lower case. */
  readonly messageTypes: readonly string[];
  /** Latest message by anybody; where nobody ever wrote, the latest connect or start. */
  readonly lastActivityAt: Instant | null;
  readonly lastCustomerMessageAt: Instant | null;
  readonly lastAgentMessageAt: Instant | null;
  /** An agent is connected right now. */
  readonly agentConnected: boolean | null;
  /** An agent was connected at some time. */
  readonly agentAnswered: boolean | null;
  readonly parked: boolean | null;
  /** It waits in a queue for an agent right now. */
  readonly inQueue: boolean | null;
  /** Every queue that a participant belongs to, the current one last; null where the contract has none. */
  readonly queueIds: readonly string[] | null;
  readonly divisionIds: readonly string[] | null;
  /** When Genesys's own inactivity timer will end it. */
  readonly platformEndsAt: Instant | null;
}

/** A conversation of which only the id and the reason for not understanding it are known. */
export function unreadable(id: string, problem: string): Conversation {
  return {
    id,
    status: 'unknown',
    problem,
    endedAt: null,
    messageTypes: [],
    lastActivityAt: null,
    lastCustomerMessageAt: null,
    lastAgentMessageAt: null,
    agentConnected: null,
    agentAnswered: null,
    parked: null,
    inQueue: null,
    queueIds: null,
    divisionIds: null,
    platformEndsAt: null,
  };
}

export function isEnded(conversation: Conversation): boolean {
  return conversation.status === 'closed' || conversation.status === 'abandoned';
}

/** Who wrote last; null when nobody did or the remote side does not tell. */
export function lastSpeaker(conversation: Conversation): 'customer' | 'agent' | null {
  const { lastCustomerMessageAt: customer, lastAgentMessageAt: agent } = conversation;
  if (customer === null) return agent === null ? null : 'agent';
  return agent !== null && agent >= customer ? 'agent' : 'customer';
}
