import type { Origin } from '../domain/close-request.ts';
import { type Conversation, isEnded } from '../domain/conversation.ts';
import { ApiError } from '../domain/errors.ts';
import type { Outcome } from '../domain/outcome.ts';
import { withDeadline } from './deadline.ts';
import { foundEnded } from './ended.ts';
import { type Ending, endBy } from './ending.ts';
import type { Gate } from './gate.ts';
import type { Health } from './health.ts';
import type { CallContext, Clock, ConversationApi, WorkStore } from './ports.ts';
import { newTrace, type Recorder, toOutcome } from './recorder.ts';

export interface ConfirmEndParts {
  /** It can read and nothing else: whatever it finds, nothing is closed. */
  readonly api: Pick<ConversationApi, 'read'>;
  readonly work: WorkStore;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly ending: Ending;
  readonly health: Health;
  readonly gate: Gate;
  readonly conversationDeadlineMs: number;
}

/** `settled`: its end is on record. `active`: nothing was recorded. `unknown`: that could not be found out. */
export type EndFound = 'settled' | 'active' | 'unknown';

/**
 * Reads a conversation that is said to have ended, and records its end when that is so. Never closes it, and never
 * throws for one that fails.
 */
export type ConfirmEnd = (conversationId: string, origin: Origin) => Promise<EndFound>;

export function createConfirmEnd(parts: ConfirmEndParts): ConfirmEnd {
  const { api, work, clock, recorder, ending, health } = parts;

  return async (conversationId, origin) => {
    const { mapping, intendedAt } = work.known(conversationId);
    // What an earlier run was about to do must be known first, and that run's settling records the end.
    if (mapping === null || intendedAt !== null || work.isDone(recorder.runId, conversationId))
      return 'unknown';
    try {
      return await withDeadline(clock, parts.conversationDeadlineMs, ending.signal, (signal) =>
        look(conversationId, origin, { signal, trace: newTrace() }),
      );
    } catch (error) {
      endBy(error, ending);
      return 'unknown';
    }
  };

  async function look(conversationId: string, origin: Origin, context: CallContext): Promise<EndFound> {
    let conversation: Conversation | null;
    try {
      conversation = await api.read(conversationId, context);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      health.failed(error);
      const verdict = health.verdict();
      if (verdict !== null) ending.fail(verdict);
      return 'unknown';
    } finally {
      recorder.counts.inspected++;
    }
    health.answered();
    const outcome = await endOf(conversationId, conversation, origin, context);
    if (outcome === null) return conversation?.status === 'active' ? 'active' : 'unknown';
    recorder.record(outcome);
    return 'settled';
  }

  /** Null: it has not ended, as far as can be told. */
  async function endOf(
    conversationId: string,
    conversation: Conversation | null,
    origin: Origin,
    { trace }: CallContext,
  ): Promise<Outcome | null> {
    const known = work.known(conversationId);
    const now = clock.now();
    if (conversation === null) {
      // To the wrong organisation every conversation is unknown.
      if (!(await parts.gate.mayCloseByPolicy())) return null;
      const detail = 'Genesys Cloud does not know it (any more)';
      return {
        ...toOutcome(conversationId, known, null, trace, now, { outcome: 'not_found', detail }),
        origin,
      };
    }
    if (!isEnded(conversation)) return null;
    const finding = foundEnded(conversation, known, 'it has ended, as an event had told', now);
    return { ...toOutcome(conversationId, known, conversation, trace, now, finding), origin };
  }
}
