import type { ConversationEvent } from '../domain/event.ts';
import type { Clock } from '../sweep/ports.ts';
import type { EventStore } from './ports.ts';

export type Acceptance = 'accepted' | 'duplicate' | 'busy';

/** Puts events on record, those that come together in one transaction. */
export interface Acceptor {
  /** Resolves once it is durably on record. Throws DatabaseError when it could not be recorded. */
  accept(event: ConversationEvent): Promise<Acceptance>;
}

interface Waiting {
  readonly event: ConversationEvent;
  readonly resolve: (acceptance: Acceptance) => void;
  readonly reject: (error: unknown) => void;
}

/** Some ten ms of transaction, in which nothing else happens. */
const MOST_IN_ONE = 100;
/** Some seconds of work; whoever comes then should come again later. */
const MOST_WAITING = 5_000;

/**
 * One commit with `synchronous=FULL` takes the disk its time, however much is in it. What has come in during one turn of
 * the event loop shares one, and while that lasts more comes in: the groups grow with the load by themselves.
 *
 * @param delayMs how long an event waits for others of its burst before it is taken up
 */
export function createAcceptor(parts: {
  readonly events: Pick<EventStore, 'accept'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly delayMs: number;
  readonly onAccepted: () => void;
  readonly mostInOne?: number;
  readonly mostWaiting?: number;
}): Acceptor {
  const { events, clock, delayMs, onAccepted, mostInOne = MOST_IN_ONE, mostWaiting = MOST_WAITING } = parts;
  const waiting: Waiting[] = [];

  function commitGroup(): void {
    const group = waiting.splice(0, mostInOne);
    if (waiting.length > 0) setImmediate(commitGroup);
    try {
      const now = clock.now();
      const accepted = events.accept(
        group.map(({ event }) => event),
        now,
        now + delayMs,
      );
      for (const [i, { resolve }] of group.entries()) resolve(accepted[i] ?? 'duplicate');
      if (accepted.includes('accepted')) onAccepted();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  return {
    accept: (event) => {
      if (waiting.length >= mostWaiting) return Promise.resolve('busy');
      return new Promise((resolve, reject) => {
        waiting.push({ event, resolve, reject });
        if (waiting.length === 1) setImmediate(commitGroup);
      });
    },
  };
}
