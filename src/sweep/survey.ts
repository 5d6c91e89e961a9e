import type { Conversation } from '../domain/conversation.ts';
import { ApiError } from '../domain/errors.ts';
import type { Log, SurveyApi } from './ports.ts';
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

/** @param api null: the contract has none, or it is switched off */
export function createSurvey(parts: {
  readonly api: SurveyApi | null;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Called with the number of ids of each answer. */
  readonly onSurveyed: (n: number) => void;
}): Survey {
  const { api, log, signal, onSurveyed } = parts;
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
      const answer = await api.endedOf(ids, { signal, trace: newTrace() });
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
