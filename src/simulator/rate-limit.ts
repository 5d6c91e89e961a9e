import type { Instant } from '../domain/time.ts';

export interface RateLimitOptions {
  /** Requests in one window. */
  readonly allowed: number;
  readonly windowMs: number;
  /** Sent with a 429; the rest of the window when left out. */
  readonly retryAfterSeconds?: number;
}

/** What the headers tell after a request. */
export interface RateLimitState {
  readonly exceeded: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** Whole seconds. */
  readonly retryAfter: string;
}

/**
 * A fixed window that starts with the first request after the last one was over. Requests that it refuses count
 * too.
 */
export class RateLimit {
  private windowStart: Instant | null = null;
  private count = 0;
  private readonly options: RateLimitOptions;

  constructor(options: RateLimitOptions) {
    this.options = options;
  }

  /** Counts a request. */
  take(now: Instant): RateLimitState {
    if (this.windowStart === null || now >= this.windowStart + this.options.windowMs) {
      this.windowStart = now;
      this.count = 0;
    }
    this.count += 1;
    return this.peek(now);
  }

  /** The state without counting anything. */
  peek(now: Instant): RateLimitState {
    const { allowed, windowMs, retryAfterSeconds } = this.options;
    const endsAt = (this.windowStart ?? now) + windowMs;
    const running = endsAt > now;
    const secondsLeft = Math.max(1, Math.ceil((running ? endsAt - now : windowMs) / 1_000));
    const count = running ? this.count : 0;
    return {
      exceeded: count > allowed,
      headers: {
        'inin-ratelimit-count': String(count),
        'inin-ratelimit-allowed': String(allowed),
        'inin-ratelimit-reset': String(secondsLeft),
      },
      retryAfter: String(retryAfterSeconds ?? secondsLeft),
    };
  }
}
