import type { Conversation } from '../domain/conversation.ts';
import { decide } from '../domain/decide.ts';
import { ApiError } from '../domain/errors.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Policy } from '../domain/policy.ts';
import { humanDuration, type Instant, toIso } from '../domain/time.ts';
import type { Closed, Closer } from './closer.ts';
import { withDeadline } from './deadline.ts';
import { foundEnded } from './ended.ts';
import { type Ending, endBy } from './ending.ts';
import type { Gate } from './gate.ts';
import type { Health } from './health.ts';
import type { CallContext, Clock, ConversationApi, Known, Log, WorkStore } from './ports.ts';
import { type Finding, failed, newTrace, type Recorder, toOutcome } from './recorder.ts';

export interface SettleParts {
  readonly api: ConversationApi;
  readonly work: WorkStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly closer: Closer;
  readonly recorder: Recorder;
  readonly ending: Ending;
  readonly health: Health;
  readonly gate: Gate;
  readonly policy: Policy;
  readonly requestMaxAgeMs: number;
  readonly conversationDeadlineMs: number;
}

/**
 * Why a conversation is looked at. `due`: by policy. `request`: somebody asked. `watch`: it ended lately; only news
 * are recorded.
 */
export type Look = 'due' | 'request' | 'watch';

/** Settles one conversation: read, inspect, decide, close, verify, record. Never throws for one that fails. */
export type Settle = (conversationId: string, look: Look, releaseSlot: () => void) => Promise<void>;

export function createSettle(parts: SettleParts): Settle {
  const { api, work, clock, recorder, ending, health } = parts;

  return async (conversationId, look, releaseSlot) => {
    const known = work.known(conversationId);
    if (!isStillOurs(known, look)) return;
    const trace = newTrace();
    if (known.request !== null && clock.now() - known.request.requestedAt > parts.requestMaxAgeMs) {
      const age = humanDuration(clock.now() - known.request.requestedAt);
      const detail = `the request is ${age} old, older than ${humanDuration(parts.requestMaxAgeMs)}; ask again if it still holds`;
      recorder.record(
        toOutcome(conversationId, known, null, trace, clock.now(), { outcome: 'expired', detail }),
      );
      return;
    }
    try {
      await withDeadline(clock, parts.conversationDeadlineMs, ending.signal, (signal) =>
        examine(conversationId, look, known, { signal, trace }, releaseSlot),
      );
    } catch (error) {
      endBy(error, ending);
      if (look === 'watch') return;
      recorder.record(
        toOutcome(conversationId, known, null, trace, clock.now(), {
          outcome: 'not_attempted',
          reason: 'run_ended',
        }),
      );
    }
  };

  async function examine(
    conversationId: string,
    look: Look,
    known: Known,
    context: CallContext,
    releaseSlot: () => void,
  ): Promise<void> {
    const finding = (conversation: Conversation | null, found: Finding) =>
      toOutcome(conversationId, known, conversation, context.trace, clock.now(), found);

    let conversation: Conversation | null;
    try {
      conversation = await api.read(conversationId, context);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      noteFailure(error);
      if (look !== 'watch') recorder.record(finding(null, failed('inspect', error)));
      return;
    } finally {
      recorder.counts.inspected++;
    }
    health.answered();
    if (look === 'watch' && conversation?.status !== 'active') return;
    if (conversation === null) {
      // To the wrong organisation every conversation is unknown.
      if (!(await parts.gate.mayCloseByPolicy())) {
        recorder.record(finding(null, { outcome: 'not_attempted', reason: 'refused' }));
        return;
      }
      recorder.record(
        finding(null, { outcome: 'not_found', detail: 'Genesys Cloud does not know it (any more)' }),
      );
      return;
    }
    const closed = await settleConversation(conversation, known, context, releaseSlot, finding);
    if (closed === null) return;
    const last = known.lastOutcome;
    if (conversation.status !== 'active' || last?.outcome !== 'closed' || !bringsNews(closed)) {
      recorder.record(closed);
      return;
    }
    recorder.counts.reopened++;
    recorder.record({ ...closed, detail: reopenedDetail(last.decidedAt, closed.detail) });
  }

  /** The outcome, or null when the intent stays for the next run. */
  async function settleConversation(
    conversation: Conversation,
    known: Known,
    context: CallContext,
    releaseSlot: () => void,
    finding: (conversation: Conversation, found: Finding) => Outcome,
  ): Promise<Closed> {
    const decision = decide(conversation, known.mapping, known.request, parts.policy, clock.now());
    switch (decision.action) {
      case 'keep':
        return finding(conversation, {
          outcome: 'kept',
          reason: decision.reason,
          detail: decision.sentence,
        });
      case 'settle':
        return finding(conversation, foundEnded(conversation, known, decision.sentence, clock.now()));
      case 'close': {
        if (known.request === null && !(await parts.gate.mayCloseByPolicy())) {
          return finding(conversation, {
            outcome: 'not_attempted',
            reason: 'refused',
            detail: decision.sentence,
          });
        }
        if (ending.signal.aborted) {
          return finding(conversation, { outcome: 'not_attempted', reason: 'run_ended' });
        }
        return parts.closer.close({ conversation, known, decision }, context, releaseSlot);
      }
    }
  }

  function noteFailure(error: ApiError): void {
    health.failed(error);
    const verdict = health.verdict();
    if (verdict !== null) ending.fail(verdict);
  }
}

/** Somebody may have changed it since it was selected; an earlier run's intent must be settled first. */
function isStillOurs(known: Known, look: Look): boolean {
  if (known.intendedAt !== null) return false;
  return look === 'request' ? known.request !== null : known.mapping !== null;
}

/** What brings none leaves the earlier close the last thing known, so that a later run finds the same once more. */
function bringsNews({ outcome }: Outcome): boolean {
  return outcome !== 'failed' && outcome !== 'not_attempted';
}

function reopenedDetail(closedAt: Instant, detail: string | null): string {
  return `reopened after we closed it at ${toIso(closedAt)}${detail === null ? '' : `; ${detail}`}`;
}
