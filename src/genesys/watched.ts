import type { Clock } from '../sweep/ports.ts';
import type { Breaker } from './breaker.ts';
import type { Dispatch, Reply } from './dispatch.ts';
import type { Pacer } from './pacer.ts';
import { codeOf, parseJson } from './reply-errors.ts';

const TURNED_AWAY = [401, 429];

/**
 * Dispatches, and learns from what comes of it whether Genesys answers at all. While it does not, every attempt keeps
 * all others waiting for a while.
 *
 * @param onAnswer sees the answers that Genesys itself gave
 */
export function watched(parts: {
  readonly dispatch: Dispatch;
  readonly breaker: Breaker;
  readonly pacer: Pick<Pacer, 'pauseFor'>;
  readonly clock: Clock;
  readonly onAnswer: (reply: Reply) => void;
}): Dispatch {
  const { dispatch, breaker, pacer, clock, onAnswer } = parts;

  function failed(why: string): void {
    breaker.failed(why);
    pacer.pauseFor(breaker.pauseMs());
  }

  return async (attempt) => {
    const { host } = new URL(attempt.url);
    breaker.begun(clock.now());
    pacer.pauseFor(breaker.pauseMs());
    let reply: Reply;
    try {
      reply = await dispatch(attempt);
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error));
      throw error;
    }
    if (isAnswer(reply)) {
      breaker.answered();
      onAnswer(reply);
    } else if (TURNED_AWAY.includes(reply.status)) {
      breaker.turnedAway(`${host} answers ${reply.status}`);
    } else {
      const what = reply.status < 300 ? 'with something that is not JSON' : reply.status;
      failed(`${host} answers ${what}`);
    }
    return reply;
  };
}

/** Something in between can send any status, but it speaks neither JSON with a 2xx nor Genesys's codes with a 4xx. */
function isAnswer(reply: Reply): boolean {
  const { status } = reply;
  if (status >= 200 && status < 300) return parseJson(reply.body) !== null;
  if (status === 408 || TURNED_AWAY.includes(status)) return false;
  return status >= 400 && status < 500 && codeOf(reply) !== null;
}
