import type { Conversation } from '../domain/conversation.ts';
import { ApiError, type ApiFailure } from '../domain/errors.ts';
import { withDeadline } from './deadline.ts';
import type { Clock, Log, SurveyApi } from './ports.ts';
import { newTrace } from './recorder.ts';

/**
 * The bulk read that rules out what has ended. It never leads to a close: what it does not prove to have ended is
 * read individually, and without it everything is.
 */
export interface Survey {
  /**
   * Of these, the ones that have ended. Never throws for what one answer says: what analytics does
   * not know or may not tell is simply not among them. Throws what ends the run.
   */
  endedOf(conversationIds: readonly string[]): Promise<ReadonlyMap<string, Conversation>>;
  /** How many ids one call takes; 0 when there is no survey (any more). */
  readonly idsPerCall: number;
}

/** The most ids of one call that have been seen to work (field); the documented maximum is unknown. */
const MOST_IDS = 100;
/** For this few, individual reads cost as little and tell more. */
const FEW_IDS = 2;

/** Trouble that the next page may not have; after so many pages in a row with it there is no survey any more. */
const PASSING: readonly ApiFailure[] = ['lost', 'never_sent', 'rate_limited'];
const MOST_UNANSWERED = 3;

/** @param api null: the contract has none, or it is switched off */
export function createSurvey(parts: {
  readonly api: SurveyApi | null;
  readonly clock: Clock;
  /** The longest that one call may take, with all its attempts. */
  readonly deadlineMs: number;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Called with the number of ids of each answer. */
  readonly onSurveyed: (n: number) => void;
}): Survey {
  const { api, clock, deadlineMs, log, signal, onSurveyed } = parts;
  let unanswered = 0;
  let mostIds = api === null ? 0 : MOST_IDS;

  async function ask(ids: readonly string[], ended: Map<string, Conversation>): Promise<void> {
    if (api === null || mostIds === 0 || ids.length < FEW_IDS) return;
    if (ids.length > mostIds) {
      // The size may shrink on the way.
      for (let from = 0, size = mostIds; from < ids.length && mostIds > 0; from += size, size = mostIds) {
        await ask(ids.slice(from, from + size), ended);
      }
      return;
    }
    try {
      const answer = await withDeadline(clock, deadlineMs, signal, (abort) =>
        api.endedOf(ids, { signal: abort, trace: newTrace() }),
      );
      unanswered = 0;
      onSurveyed(ids.length);
      // Only what was asked for: an answer about something else is not one.
      for (const id of ids) {
        const end = answer.get(id);
        if (end !== undefined) ended.set(id, end);
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 400 && ids.length > FEW_IDS) {
        mostIds = Math.ceil(ids.length / 2);
        await ask(ids, ended);
        return;
      }
      if (PASSING.includes(error.failure) && ++unanswered < MOST_UNANSWERED) {
        log.debug(`no survey of this page: ${error.message}`);
        return;
      }
      mostIds = 0;
      log.warn(
        `No survey: ${error.message}. Every conversation is read individually instead, which costs more requests.`,
      );
    }
  }

  return {
    endedOf: async (ids) => {
      const ended = new Map<string, Conversation>();
      await ask(ids, ended);
      return ended;
    },
    get idsPerCall() {
      return mostIds;
    },
  };
}
