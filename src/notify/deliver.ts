import { printable, shortened } from '../domain/text.ts';
import { type Instant, SECOND } from '../domain/time.ts';
import type { Clock, Random } from '../sweep/ports.ts';
import type { Answer, Post, Send } from './ports.ts';

/**
 * A night's end waits for this long at most. A program that is stopped has used 20 s of grace by then, and service managers
 * end it after 30.
 */
export const WITHIN_MS = 8 * SECOND;
/** One attempt. */
const ATTEMPT_MS = 4 * SECOND;
/** 0.5, 1, 2 s; a longer trouble than all of that outlasts {@link WITHIN_MS}. */
const MOST_ATTEMPTS = 4;
const FIRST_WAIT_MS = SECOND / 2;
const TIMED_OUT = 408;
const RATE_LIMITED = 429;

/** Somebody was there, and the connection broke, or it took too long to be made. */
const BROKEN: readonly unknown[] = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET'];

const SHOWN = 100;

/** What became of a message; `says` completes "it …". */
export interface Delivery {
  readonly delivered: boolean;
  readonly says: string;
  /** It was not delivered for a reason that may pass by itself; else somebody has to look at the address. */
  readonly mayPass: boolean;
}

export interface DeliveryParts {
  readonly send: Send;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Sends it until somebody takes it: again after trouble that may pass (no answer, 408, 429, 5xx), as long as there is time
 * for another attempt. Never throws.
 *
 * @param makePost makes the request anew for each attempt
 * @param until no attempt begins after this, and none lasts longer
 */
export async function deliver(
  { send, clock, random }: DeliveryParts,
  makePost: (now: Instant) => Post,
  {
    isTaken,
    until,
    signal,
  }: {
    readonly isTaken: (answer: Answer) => boolean;
    readonly until: Instant;
    readonly signal: AbortSignal;
  },
): Promise<Delivery> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await once();
    if (outcome.delivery.delivered || outcome.retryInMs === null || attempt === MOST_ATTEMPTS) {
      return outcome.delivery;
    }
    const wait = Math.max(outcome.retryInMs, FIRST_WAIT_MS * 2 ** (attempt - 1) * (1 + random() / 4));
    if (signal.aborted || clock.now() + wait >= until) return outcome.delivery;
    try {
      await clock.sleep(wait, signal);
    } catch {
      return outcome.delivery;
    }
  }

  async function once(): Promise<{ delivery: Delivery; retryInMs: number | null }> {
    try {
      const timeoutMs = Math.min(ATTEMPT_MS, until - clock.now());
      const answer = await send(makePost(clock.now()), timeoutMs, signal);
      const delivery = { delivered: isTaken(answer), says: saidOf(answer), mayPass: mayPass(answer) };
      return { delivery, retryInMs: delivery.mayPass ? (answer.retryAfterMs ?? 0) : null };
    } catch (error) {
      const delivery = { delivered: false, says: troubleOf(error), mayPass: isPassing(firstOf(error)) };
      return { delivery, retryInMs: 0 };
    }
  }
}

function mayPass({ status }: Answer): boolean {
  return status === TIMED_OUT || status === RATE_LIMITED || status >= 500;
}

function saidOf({ status, text }: Answer): string {
  if (status >= 300 && status <= 399) return `answered ${status}, and redirects are not followed`;
  const words = shortened(printable(text.trim(), ' '), SHOWN);
  return `answered ${status}${words === '' ? '' : ` (${words})`}`;
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || BROKEN.includes('code' in error ? error.code : null);
}

function firstOf(error: unknown): unknown {
  return error instanceof AggregateError ? error.errors[0] : error;
}

function troubleOf(error: unknown): string {
  const first = firstOf(error);
  const message = first instanceof Error ? first.message : String(first);
  return `did not answer (${shortened(printable(message, ' '), SHOWN)})`;
}
