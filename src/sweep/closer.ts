import type { Conversation } from '../domain/conversation.ts';
import { type CloseReason, type Decision, decide } from '../domain/decide.ts';
import { endedAfterIntent, factsOf, type Outcome, originOf } from '../domain/outcome.ts';
import type { Policy } from '../domain/policy.ts';
import type { Instant } from '../domain/time.ts';
import type { Budget } from './budget.ts';
import { foundEnded } from './ended.ts';
import { type Ending, endBy } from './ending.ts';
import type { CallContext, Clock, ConversationApi, Known, Lease, Ledger, Log, WorkStore } from './ports.ts';
import { type Finding, failed, toOutcome } from './recorder.ts';
import type { Answer, SendClose } from './send-close.ts';
import type { UnconfirmedStreak } from './unconfirmed-streak.ts';
import { type Verdict, verify, whyUnread } from './verify.ts';

/** A conversation that is to be closed, and everything the decision was made from. */
export interface Decided {
  readonly conversation: Conversation;
  readonly known: Known;
  readonly decision: Decision & { readonly action: 'close' };
}

/** A close that is under way: since when, and the how many-th it is of its run. */
interface Begun {
  readonly intendedAt: Instant;
  readonly nth: number;
}

/** What became of the attempt; null: nothing is proven yet, and the intent stays for the next run. */
export type Closed = Outcome | null;

/** Closes, or says what it would have done. The only place where a dry run differs. */
export interface Closer {
  /** @param releaseSlot to be called as soon as all that is left is waiting */
  close(decided: Decided, context: CallContext, releaseSlot: () => void): Promise<Closed>;
}

export interface CloserParts {
  readonly runId: number;
  readonly api: ConversationApi;
  readonly send: SendClose;
  readonly lease: Lease;
  readonly ledger: Ledger;
  readonly work: WorkStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly ending: Ending;
  readonly streak: UnconfirmedStreak;
  readonly policy: Policy;
  readonly budget: Budget;
  readonly verifyForMs: number;
  /** Called when the budget does not allow one more. */
  readonly onBudgetUsedUp: () => void;
}

/** The closer of real runs: intent, PATCH, verification. */
export function createCloser(parts: CloserParts): Closer {
  const { api, send, ledger, clock, policy, budget } = parts;

  return {
    close: async (decided, context, releaseSlot) => {
      const { id } = decided.conversation;
      const outcomeFor = ({ conversation, known }: Decided) => {
        return (finding: Finding, seen: Conversation | null = conversation) =>
          toOutcome(id, known, seen, context.trace, clock.now(), finding);
      };
      if (!budget.take()) {
        parts.onBudgetUsedUp();
        return outcomeFor(decided)({ outcome: 'not_attempted', reason: 'budget' });
      }
      const intendedAt = clock.now();
      const intended = intend(decided, intendedAt);
      if ('outcome' in intended) {
        budget.giveBack();
        return outcomeFor(decided)(intended);
      }

      const outcome = outcomeFor(intended);
      let answer: Answer;
      try {
        answer = await send(id, context);
      } catch (error) {
        // Only what is proven not to have been carried out ends a run here: a 401, a 429, or a wait cut short.
        endBy(error, parts.ending);
        return outcome({ outcome: 'not_attempted', reason: 'run_ended' });
      }
      const begun = { intendedAt, nth: parts.streak.begun() };
      return settleAnswer(intended, answer, begun, context, releaseSlot, outcome);
    },
  };

  /**
   * The case as it is by now, once its intent is on record; or what is found instead, and nothing was written. What is
   * recorded is what was decided in that transaction: somebody may have asked for the close meanwhile.
   */
  function intend({ conversation, known }: Decided, intendedAt: Instant): Decided | Finding {
    let intended: Decided | Finding = { outcome: 'not_attempted' };
    ledger.intend(conversation.id, (now) => {
      // In the transaction, so that whoever begins after this finds the intent and waits for what becomes of it.
      parts.lease.demandHeld();
      const decision = decide(conversation, now.mapping, now.request, policy, intendedAt);
      if (decision.action !== 'close') {
        intended = { outcome: 'kept', reason: decision.reason, detail: decision.sentence };
        return null;
      }
      // The gate was not asked whether it may be closed by policy, as long as somebody had asked for it.
      if (now.request === null && known.request !== null) {
        intended = { outcome: 'not_attempted', reason: 'request_gone', detail: decision.sentence };
        return null;
      }
      intended = { conversation, known: now, decision };
      return {
        ...factsOf(conversation, now.mapping, intendedAt),
        conversationId: conversation.id,
        sessionId: now.mapping?.sessionId ?? null,
        runId: parts.runId,
        intendedAt,
        reason: decision.reason,
        detail: decision.sentence,
        origin: originOf(now.request),
        requestId: now.request?.id ?? null,
      };
    });
    return intended;
  }

  async function settleAnswer(
    decided: Decided,
    answer: Answer,
    begun: Begun,
    context: CallContext,
    releaseSlot: () => void,
    outcome: (finding: Finding, seen?: Conversation | null) => Outcome,
  ): Promise<Closed> {
    const { conversation, decision } = decided;
    if (answer.kind === 'proven') {
      parts.streak.confirmed(begun.nth);
      return outcome(closedBecause(decision.reason, decision.sentence, answer.endedAt), {
        ...conversation,
        status: conversation.agentAnswered === false ? 'abandoned' : 'closed',
      });
    }
    if (answer.kind === 'not_sent') {
      return outcome(failed('close', answer.error));
    }
    releaseSlot();
    const verdict = await verifyAnswer(conversation.id, answer, context);
    return judge(verdict, answer, decided, begun, outcome);
  }

  /** Reads until the end shows. A close whose answer was lost is sent once more when it is proven to be active. */
  async function verifyAnswer(
    conversationId: string,
    answer: Answer,
    context: CallContext,
  ): Promise<Verdict> {
    const until = () => clock.now() + (answer.kind === 'refused' ? 0 : parts.verifyForMs);
    const reads = { api, clock, context };
    try {
      const verdict = await verify(conversationId, until(), reads);
      if (answer.kind !== 'lost' || verdict.kind !== 'active') return verdict;
      if (!isStillRight(verdict.conversation)) return verdict;
      parts.log.debug('the answer to a close was lost and it is still active: sending it once more', {
        conversationId,
      });
      const again = await send(conversationId, context);
      if (again.kind === 'proven') {
        return {
          kind: 'ended',
          conversation: { ...verdict.conversation, status: 'closed', endedAt: again.endedAt },
        };
      }
      return await verify(conversationId, until(), reads);
    } catch (error) {
      return { kind: 'unread', error: whyUnread(error, parts.ending) };
    }
  }

  /** Asked again of what was read last: somebody may have come back to it since. */
  function isStillRight(conversation: Conversation): boolean {
    const { mapping, request } = parts.work.known(conversation.id);
    return decide(conversation, mapping, request, policy, clock.now()).action === 'close';
  }

  function judge(
    verdict: Verdict,
    answer: Answer,
    { decision, conversation, known }: Decided,
    { intendedAt, nth }: Begun,
    outcome: (finding: Finding, seen?: Conversation | null) => Outcome,
  ): Closed {
    switch (verdict.kind) {
      case 'ended': {
        const ours = answer.kind !== 'refused' && endedAfterIntent(verdict.conversation, intendedAt);
        if (ours) parts.streak.confirmed(nth);
        return outcome(
          ours
            ? closedBecause(decision.reason, decision.sentence, verdict.conversation.endedAt ?? clock.now())
            : foundEnded(verdict.conversation, known, 'it ended by itself', clock.now()),
          verdict.conversation,
        );
      }
      case 'active':
        if (answer.kind === 'refused') return outcome(failed('close', answer.error));
        parts.streak.unconfirmed(nth);
        return outcome(
          {
            outcome: 'unconfirmed',
            reason: decision.reason,
            detail: 'the close was sent, and it still does not show as ended',
            // Not when the answer came: an end in between is later than what we know, and may be that of the close.
            decidedAt: verdict.asOf,
          },
          verdict.conversation,
        );
      case 'gone':
        return outcome({ outcome: 'not_found', detail: 'it was gone after the close was sent' }, null);
      case 'unread':
        if (answer.kind === 'refused') return outcome(failed('close', answer.error), conversation);
        parts.log.warn(
          `What became of the close of ${conversation.id} could not be read (${verdict.error.message}); the next run will find out.`,
        );
        return null;
    }
  }
}

function closedBecause(reason: CloseReason, detail: string, closedAt: Instant): Finding {
  return { outcome: 'closed', reason, detail, closedAt };
}
