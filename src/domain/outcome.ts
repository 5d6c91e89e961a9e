import type { CloseRequest, Origin } from './close-request.ts';
import { type Conversation, isEnded, type RemoteStatus } from './conversation.ts';
import { lastActivity } from './decide.ts';
import type { Mapping, MappingState } from './mapping.ts';
import type { Instant } from './time.ts';

/** How one look at one conversation ended. Only `closed` counts as closed. */
export const OUTCOMES = [
  'closed',
  'already_closed',
  'not_found',
  'kept',
  'would_close',
  'unconfirmed',
  'failed',
  'expired',
  'not_attempted',
] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

/** Outcomes that leave a close request pending, and are still the answer for whoever waits for it. */
export const UNSETTLED: readonly OutcomeKind[] = ['failed', 'unconfirmed', 'not_attempted'];

/** What was known of the conversation when it was last read; all null when it was not. */
export interface Facts {
  readonly remoteStatus: RemoteStatus;
  readonly remoteLastActivityAt: Instant | null;
  /** Since the later sign of life of both sides. */
  readonly idleSeconds: number | null;
  readonly queueId: string | null;
  readonly agentConnected: boolean | null;
}

/** The final record of one look; never changed once written. */
export interface Outcome extends Facts {
  readonly conversationId: string;
  readonly sessionId: string | null;
  readonly outcome: OutcomeKind;
  /**
   * `closed`: requested, stale, stale_unanswered or confirmed_late. `kept`: a keep reason. `failed`: the stage,
   * inspect or close. `already_closed`: ended.
   */
  readonly reason: string | null;
  /** A sentence, or a remark such as `recovered`. */
  readonly detail: string | null;
  readonly origin: Origin;
  readonly httpStatus: number | null;
  readonly errorCode: string | null;
  /** Genesys support asks for it. */
  readonly correlationId: string | null;
  /** HTTP attempts spent on this conversation in this run. */
  readonly requests: number;
  readonly decidedAt: Instant;
  /** When the remote side ended, as far as it tells; only for `closed` and `already_closed`. */
  readonly closedAt: Instant | null;
}

export const NO_FACTS: Facts = {
  remoteStatus: 'unknown',
  remoteLastActivityAt: null,
  idleSeconds: null,
  queueId: null,
  agentConnected: null,
};

export function factsOf(conversation: Conversation, mapping: Mapping | null, now: Instant): Facts {
  const activity = lastActivity(conversation, mapping);
  return {
    remoteStatus: conversation.status,
    remoteLastActivityAt: conversation.lastActivityAt,
    idleSeconds: activity === null ? null : Math.max(0, Math.round((now - activity) / 1000)),
    queueId: conversation.queueIds?.at(-1) ?? null,
    agentConnected: conversation.agentConnected,
  };
}

/** What writing an outcome changes besides its own row. */
export interface Consequences {
  /** The mapping's new state; null leaves it as it is. */
  readonly mappingState: MappingState | null;
  /**
   * Whether a close request is done with. What may still succeed (failed, unconfirmed, not attempted) stays
   * pending for the next run, until it expires.
   */
  readonly settlesRequest: boolean;
  /** Whether it concludes an intent that must be on record until then: a close of ours is recorded by one run only. */
  readonly needsIntent: boolean;
}

const NO_CONSEQUENCES: Consequences = { mappingState: null, settlesRequest: false, needsIntent: false };

/** What an outcome changes. A dry run (`would_close` or any outcome in one) never asks. */
export function consequencesOf({ outcome, reason, remoteStatus }: Outcome): Consequences {
  const mappingState = remoteStatus === 'active' ? 'open' : null;
  switch (outcome) {
    case 'closed':
      // The intent of a close that shows late was concluded when that was given up.
      return { mappingState: 'closed', settlesRequest: true, needsIntent: reason !== 'confirmed_late' };
    case 'already_closed':
      return { ...NO_CONSEQUENCES, mappingState: 'closed', settlesRequest: true };
    case 'not_found':
      return { ...NO_CONSEQUENCES, mappingState: 'gone', settlesRequest: true };
    case 'kept':
      return { ...NO_CONSEQUENCES, mappingState, settlesRequest: true };
    case 'expired':
      return { ...NO_CONSEQUENCES, settlesRequest: true };
    case 'unconfirmed':
    case 'failed':
    case 'not_attempted':
      return { ...NO_CONSEQUENCES, mappingState };
    case 'would_close':
      return NO_CONSEQUENCES;
  }
}

/**
 * The clocks of both sides may differ a little: an end up to this long before our intent still counts as ours.
 */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * Whether an end that was read after the close was intended is the end that we caused. A remote side that does
 * not tell when it ended was seen active just before the intent, so the end came after it.
 */
export function endedAfterIntent(conversation: Conversation, intendedAt: Instant): boolean {
  return (
    isEnded(conversation) &&
    (conversation.endedAt === null || conversation.endedAt >= intendedAt - CLOCK_TOLERANCE_MS)
  );
}

/** The origin of a look: the request's where there is one. */
export function originOf(request: CloseRequest | null): Origin {
  return request?.origin ?? 'schedule';
}
