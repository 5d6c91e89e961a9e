import type { CloseRequest } from '../../src/domain/close-request.ts';
import type { Conversation } from '../../src/domain/conversation.ts';
import type { Mapping } from '../../src/domain/mapping.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';

export const NOW = Date.parse('2026-11-10T03:00:00.000Z');
export const ID = '0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f';

/** The defaults of the design. */
export function aPolicy(changes: Partial<Policy> = {}): Policy {
  return {
    staleAfterMs: DAY,
    staleAfterWithAgentMs: DAY,
    awaitingAgent: 'keep',
    exemptQueues: [],
    exemptDivisions: [],
    platformTimerGraceMs: 12 * HOUR,
    messageTypes: ['webmessaging'],
    ...changes,
  };
}

/** A web-messaging conversation, answered by an agent who has left, silent for two days. */
export function aConversation(changes: Partial<Conversation> = {}): Conversation {
  return {
    id: ID,
    status: 'active',
    problem: null,
    endedAt: null,
    messageTypes: ['webmessaging'],
    lastActivityAt: NOW - 2 * DAY,
    lastCustomerMessageAt: NOW - 3 * DAY,
    lastAgentMessageAt: NOW - 2 * DAY,
    agentConnected: false,
    agentAnswered: true,
    parked: false,
    inQueue: false,
    queueIds: ['q1'],
    divisionIds: ['d1'],
    platformEndsAt: null,
    ...changes,
  };
}

/** Its mapping, whose own side is silent for two days too. */
export function aMapping(changes: Partial<Mapping> = {}): Mapping {
  return {
    conversationId: ID,
    sessionId: 's-1',
    userId: null,
    startedAt: NOW - 4 * DAY,
    lastActivityAt: NOW - 2 * DAY,
    state: 'open',
    stateAt: null,
    holdUntil: null,
    restsUntil: null,
    endSeenAt: null,
    ...changes,
  };
}

/** Made by a person an hour ago. */
export function aRequest(changes: Partial<CloseRequest> = {}): CloseRequest {
  return {
    id: 1,
    conversationId: ID,
    reason: null,
    origin: 'cli',
    requestedAt: NOW - HOUR,
    force: false,
    ...changes,
  };
}

export function anOutcome(changes: Partial<Outcome> = {}): Outcome {
  return {
    conversationId: ID,
    sessionId: 's-1',
    outcome: 'kept',
    reason: 'active_recently',
    detail: null,
    origin: 'schedule',
    remoteStatus: 'active',
    remoteLastActivityAt: NOW - HOUR,
    idleSeconds: 3_600,
    queueId: 'q1',
    agentConnected: false,
    httpStatus: null,
    errorCode: null,
    correlationId: null,
    requests: 1,
    decidedAt: NOW - DAY,
    closedAt: null,
    ...changes,
  };
}
