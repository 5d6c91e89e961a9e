import { UnavailableError } from '../domain/errors.ts';
import { humanDuration, type Instant, MINUTE, SECOND } from '../domain/time.ts';

/**
 * Tells trouble with the remote side as a whole from that of one request. An answer is one that Genesys itself gave;
 * what is refused for its rate, lost, never sent or answered by something in between is none. Pure: time is passed in,
 * nothing waits here.
 */
export interface Breaker {
  /**
   * To be asked before each attempt.
   *
   * @throws {UnavailableError} when there has been no answer for so long that the run must not go on
   */
  check(now: Instant): void;
  begun(now: Instant): void;
  answered(): void;
  /** @param why what became of the attempt, in words */
  failed(why: string): void;
  /** For its rate or its token: no answer, but others need not wait for longer than the reply says. */
  turnedAway(why: string): void;
  /** How long nobody should begin another attempt, in ms; 0 while nothing is known to be wrong. */
  pauseMs(): number;
}

/** A restart or a failover of the remote side is over by then. */
const LONGEST_SILENCE_MS = MINUTE;
/** Fewer may all be about the same few sick conversations. */
const FEWEST_ATTEMPTS = 20;

/** So many failures in a row may still be chance, or one conversation's. */
const FAILURES_BY_CHANCE = 5;
/** From then on a minute without answers costs some twenty attempts, and most conversations in hand outlast it. */
const PAUSE_MS = 3 * SECOND;

/** @param onOpen told each time that something is not sent because nobody answers */
export function createBreaker(onOpen: () => void = () => {}): Breaker {
  let silentSince: Instant | null = null;
  let attempts = 0;
  let failures = 0;
  let lastFailure = '';

  return {
    check: (now) => {
      if (silentSince === null || attempts < FEWEST_ATTEMPTS || now - silentSince < LONGEST_SILENCE_MS)
        return;
      onOpen();
      throw new UnavailableError(
        `Genesys Cloud has answered none of the last ${attempts} requests, for ${humanDuration(now - silentSince)} now (${lastFailure}); the rest is left for the next run.`,
      );
    },
    begun: (now) => {
      // The clock may have been set back meanwhile.
      silentSince = Math.min(silentSince ?? now, now);
      attempts++;
    },
    answered: () => {
      silentSince = null;
      attempts = 0;
      failures = 0;
    },
    failed: (why) => {
      failures++;
      lastFailure = why;
    },
    turnedAway: (why) => {
      lastFailure = why;
    },
    pauseMs: () => (failures >= FAILURES_BY_CHANCE ? PAUSE_MS : 0),
  };
}
