import type { ExitCode } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';

/** One message on its way. Its URL is a secret. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  /** How long the other side asks to wait; null: it does not. */
  readonly retryAfterMs: number | null;
  /** The beginning of what it says. */
  readonly text: string;
}

/**
 * One attempt; follows no redirect. Throws a TimeoutError (its name) when there was no answer in
 * time, and what went wrong when there was no connection, or it broke, or the signal is aborted.
 */
export type Send = (post: Post, timeoutMs: number, signal: AbortSignal) => Promise<Answer>;

/** The night before. */
export interface Before {
  readonly exitCode: ExitCode;
  readonly finishedAt: Instant;
  /** Told as a failure, or to be told as one: exit code 3 alone does not say. */
  readonly failed: boolean;
}

/** What is kept of the last night; also of one that is on no record. */
export interface Memory {
  /** Null: nothing is known of one. */
  read(): Before | null;
  write(night: Before): Promise<void>;
}
