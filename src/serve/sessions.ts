import { createHash, randomBytes } from 'node:crypto';
import type { Instant } from '../domain/time.ts';

/** Those who have shown the token at the login page. They are known to this process only, and forgotten with it. */
export interface Sessions {
  /** A new one; what its cookie shall hold. */
  begin(): string;
  isOpen(id: string): boolean;
  end(id: string): void;
}

export interface SessionsOptions {
  readonly now: () => Instant;
  readonly lifetimeMs: number;
  /** Of more than that, the oldest is ended. */
  readonly most: number;
}

export function createSessions({ now, lifetimeMs, most }: SessionsOptions): Sessions {
  /** In the order in which they began. What is kept is no key to anything. */
  const ends = new Map<string, Instant>();
  return {
    begin: () => {
      for (const [known, endsAt] of ends) if (endsAt <= now() || ends.size >= most) ends.delete(known);
      const id = randomBytes(32).toString('base64url');
      ends.set(digest(id), now() + lifetimeMs);
      return id;
    },
    isOpen: (id) => (ends.get(digest(id)) ?? Number.NEGATIVE_INFINITY) > now(),
    end: (id) => void ends.delete(digest(id)),
  };
}

/** How long finding it takes tells nothing of ids that are open. */
function digest(id: string): string {
  return createHash('sha256').update(id).digest('base64');
}
