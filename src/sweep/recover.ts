import type { Conversation } from '../domain/conversation.ts';
import { endedAfterIntent, factsOf, NO_FACTS, type Outcome } from '../domain/outcome.ts';
import type { Instant } from '../domain/time.ts';
import { withDeadline } from './deadline.ts';
import type { Ending } from './ending.ts';
import type { Pool } from './pool.ts';
import type { Clock, ConversationApi, Intent, Ledger, Log, Trace, WorkStore } from './ports.ts';
import { newTrace, type Recorder } from './recorder.ts';
import { type Verdict, verify, whyUnread } from './verify.ts';

export interface RecoverParts {
  readonly api: ConversationApi;
  readonly ledger: Ledger;
  readonly work: WorkStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: Recorder;
  readonly ending: Ending;
  readonly verifyForMs: number;
  readonly conversationDeadlineMs: number;
}

/**
 * Finds out what became of every intent that an earlier run left behind. The close is never repeated blindly: each is
 * read for as long as a close that was sent at the last possible moment may take to show, and what is still active
 * then is an ordinary candidate again.
 */
export async function recover(parts: RecoverParts, pool: Pool): Promise<void> {
  for (const intent of parts.ledger.intents()) {
    if (parts.ending.stopped) break;
    await pool.submit((releaseSlot) => recoverOne(intent, parts, releaseSlot));
  }
  await pool.idle();
}

async function recoverOne(intent: Intent, parts: RecoverParts, releaseSlot: () => void): Promise<void> {
  const { api, ledger, work, clock, log, recorder, ending } = parts;
  const trace = newTrace();
  const until = sentBy(intent, parts) + parts.verifyForMs;
  if (until > clock.now()) releaseSlot();
  let verdict: Verdict;
  try {
    verdict = await withDeadline(clock, parts.conversationDeadlineMs, ending.signal, (signal) =>
      verify(intent.conversationId, until, { api, clock, context: { signal, trace } }),
    );
  } catch (error) {
    verdict = { kind: 'unread', error: whyUnread(error, ending) };
  }
  // Its run is alive after all, and has recorded it meanwhile.
  if (work.known(intent.conversationId).intendedAt !== intent.intendedAt) return;
  switch (verdict.kind) {
    case 'ended':
      recorder.record(recovered(intent, verdict.conversation, trace, clock.now()));
      recorder.counts.recovered++;
      return;
    case 'gone':
      recorder.record({
        ...base(intent, trace, clock.now()),
        ...NO_FACTS,
        outcome: 'not_found',
        reason: null,
        detail: 'recovered: it was gone after the close was intended',
      });
      recorder.counts.recovered++;
      return;
    case 'active':
      ledger.withdraw(intent.conversationId);
      recorder.counts.recovered++;
      log.debug('an interrupted close did not happen; it is a candidate again', {
        conversationId: intent.conversationId,
      });
      return;
    case 'unread':
      log.warn(
        `What became of the interrupted close of ${intent.conversationId} could not be read (${verdict.error.message}); the next run will find out.`,
      );
  }
}

/**
 * When the close was sent at the latest. It may have waited for its turn, behind a rate limit say, until the
 * conversation's time was over or its process dead.
 */
function sentBy({ intendedAt }: Intent, { clock, conversationDeadlineMs }: RecoverParts): Instant {
  return Math.min(clock.now(), intendedAt + conversationDeadlineMs);
}

function recovered(intent: Intent, conversation: Conversation, trace: Trace, now: number): Outcome {
  const ours = endedAfterIntent(conversation, intent.intendedAt);
  return {
    ...base(intent, trace, now),
    remoteStatus: factsOf(conversation, null, now).remoteStatus,
    outcome: ours ? 'closed' : 'already_closed',
    reason: ours ? intent.reason : 'ended',
    detail: 'recovered',
    closedAt: conversation.endedAt ?? (ours ? now : null),
  };
}

/** The decision is that of the intent; the cost and the time are this run's. */
function base(intent: Intent, trace: Trace, now: number): Omit<Outcome, 'outcome' | 'reason' | 'detail'> {
  return {
    conversationId: intent.conversationId,
    sessionId: intent.sessionId,
    remoteStatus: intent.remoteStatus,
    remoteLastActivityAt: intent.remoteLastActivityAt,
    idleSeconds: intent.idleSeconds,
    queueId: intent.queueId,
    agentConnected: intent.agentConnected,
    origin: intent.origin,
    httpStatus: trace.httpStatus,
    errorCode: trace.errorCode,
    correlationId: trace.correlationId,
    requests: trace.requests,
    decidedAt: now,
    closedAt: null,
  };
}
