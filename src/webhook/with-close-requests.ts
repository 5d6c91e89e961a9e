import type { Instant } from '../domain/time.ts';
import type { AskedClose, AskedStore, EventStore } from './ports.ts';

interface Tried {
  readonly attempts: number;
  readonly dueAt: Instant;
}

/** As many as the worker takes events at a time. */
const BATCH_SIZE = 20;
/** Those that were tried in vain wait among them, until they expire. */
const MOST_READ = 1_000;

/**
 * The record of events, with the close requests that came over HTTP taken along: a batch serves both. When one that
 * stays pending is due again is known in memory only; a restart tries it at once.
 */
export function withCloseRequests(events: EventStore, asked: AskedStore): EventStore {
  let tried = new Map<string, Tried>();
  let taken: readonly string[] = [];

  function waiting(): { conversationId: string; key: string; dueAt: Instant }[] {
    const pending = asked.pendingOverHttp(MOST_READ);
    const still = new Map<string, Tried>();
    const all = pending.map((one) => {
      const key = keyOf(one);
      const before = tried.get(key);
      if (before !== undefined) still.set(key, before);
      return { conversationId: one.conversationId, key, dueAt: before?.dueAt ?? one.requestedAt };
    });
    tried = still;
    return all;
  }

  return {
    ...events,
    nextDue: () => {
      const all = [events.nextDue(), ...waiting().map(({ dueAt }) => dueAt)].filter((at) => at !== null);
      return all.length === 0 ? null : Math.min(...all);
    },
    takeUp: (given, now) => {
      const { closes, looks } = events.takeUp(given, now);
      const due = waiting()
        .filter(({ dueAt, conversationId }) => dueAt <= now && !looks.has(conversationId))
        .slice(0, Math.max(0, BATCH_SIZE - closes.size));
      taken = due.map(({ key }) => key);
      return { closes: new Set([...closes, ...due.map(({ conversationId }) => conversationId)]), looks };
    },
    conclude: (given, after) => {
      events.conclude(given, after);
      const { dueAgain } = after;
      if (dueAgain === null) return;
      for (const key of taken) {
        const attempts = tried.get(key)?.attempts ?? 0;
        tried.set(key, { attempts: attempts + 1, dueAt: dueAgain(attempts) });
      }
    },
  };
}

/** One that was asked for once more is another. */
function keyOf({ requestId, requestedAt }: AskedClose): string {
  return `${requestId} ${requestedAt}`;
}
