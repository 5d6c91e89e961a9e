import { type ConversationEvent, type EventOutcome, originOfEvent } from '../domain/event.ts';
import type { Instant } from '../domain/time.ts';
import type { AfterBatch, BatchWork, EventStore, PendingEvent } from '../webhook/ports.ts';
import type { Db } from './connection.ts';
import { PENDING_BY_ID, type PendingColumns } from './intake.ts';
import { instant, limitOf, text } from './rows.ts';

type ById = { readonly id: number };
type ByConversation = { readonly id: string };
type EventParams = {
  readonly identity: string;
  readonly name: string;
  readonly kind: string;
  readonly conversationId: string;
  readonly eventAt: string;
  readonly receivedAt: string;
  readonly dueAt: string;
  readonly requestId: number | null;
};

interface EventColumns {
  readonly id: number;
  readonly kind: PendingEvent['kind'];
  readonly name: string;
  readonly conversation_id: string;
  readonly event_at: string;
  readonly attempts: number;
}

/** The request of an event, as far as it is answered. */
interface AnswerColumns {
  readonly requested_at: string;
  readonly settled_at: string | null;
  readonly outcome: EventOutcome | null;
}

/** An end answers every event that came before it. */
const ENDS: readonly EventOutcome[] = ['closed', 'already_closed', 'not_found'];
/** So often something that is only to be looked at is tried; then the next sweep finds out. */
const MOST_LOOKS = 8;

/** The record of events. */
export function eventStore(db: Db): EventStore {
  const isKnown = db.prepare<{ readonly identity: string }>(
    'SELECT 1 FROM events WHERE identity = @identity',
  );
  const insertEvent = db.prepare<EventParams>(`
    INSERT INTO events (identity, name, kind, conversation_id, event_at, received_at, request_id, due_at)
    VALUES (@identity, @name, @kind, @conversationId, @eventAt, @receivedAt, @requestId, @dueAt)`);
  const pendingRequest = db.prepare<ByConversation, PendingColumns>(PENDING_BY_ID);
  const insertRequest = db.prepare<{
    readonly conversationId: string;
    readonly origin: string;
    readonly requestedAt: string;
  }>(`INSERT INTO close_requests (conversation_id, origin, requested_at)
    VALUES (@conversationId, @origin, @requestedAt)`);
  const setRequest = db.prepare<ById & { readonly requestId: number }>(
    'UPDATE events SET request_id = @requestId WHERE id = @id',
  );
  const answerOf = db.prepare<ById, AnswerColumns>(`
    SELECT q.requested_at, q.settled_at, q.outcome
    FROM events AS e JOIN close_requests AS q ON q.id = e.request_id AND q.conversation_id = e.conversation_id
    WHERE e.id = @id`);
  const mappingOf = db.prepare<
    ByConversation,
    { readonly state: 'open' | 'closed' | 'gone'; readonly state_at: string | null }
  >('SELECT state, state_at FROM mappings WHERE conversation_id = @id');
  const settle = db.prepare<ById & { readonly settledAt: string; readonly outcome: string }>(
    'UPDATE events SET settled_at = @settledAt, outcome = @outcome WHERE id = @id AND settled_at IS NULL',
  );
  const postpone = db.prepare<ById & { readonly dueAt: string }>(
    'UPDATE events SET attempts = attempts + 1, due_at = @dueAt WHERE id = @id AND settled_at IS NULL',
  );
  const first = db.prepare<Record<string, never>, { readonly due_at: string }>(
    'SELECT due_at FROM events WHERE settled_at IS NULL ORDER BY due_at, id LIMIT 1',
  );
  const due = db.prepare<{ readonly until: string; readonly size: number }, EventColumns>(`
    SELECT id, kind, name, conversation_id, event_at, attempts FROM events
    WHERE settled_at IS NULL AND due_at <= @until ORDER BY due_at, id LIMIT @size`);
  const count = db.prepare<Record<string, never>, { readonly n: number }>(
    'SELECT count(*) AS n FROM events WHERE settled_at IS NULL',
  );

  /** Its conversation's pending request, whoever made it, or a new one for this event. */
  function requestFor({
    conversationId,
    name,
    eventAt,
  }: Pick<PendingEvent, 'conversationId' | 'name' | 'eventAt'>): number {
    const pending = pendingRequest.get({ id: conversationId });
    if (pending !== undefined) return pending.id;
    return insertRequest.run({ conversationId, origin: originOfEvent(name), requestedAt: text(eventAt) }).id;
  }

  function acceptOne(
    event: ConversationEvent,
    receivedAt: Instant,
    dueAt: Instant,
  ): 'accepted' | 'duplicate' {
    const { identity, name, kind, conversationId } = event;
    if (isKnown.get({ identity }) !== undefined) return 'duplicate';
    // What is said to come may not outlast signs of life that come first.
    const eventAt = Math.min(event.eventAt, receivedAt);
    insertEvent.run({
      ...{ identity, name, kind, conversationId },
      eventAt: text(eventAt),
      receivedAt: text(receivedAt),
      dueAt: text(dueAt),
      requestId: kind === 'close_now' ? requestFor({ conversationId, name, eventAt }) : null,
    });
    return 'accepted';
  }

  /** What has become of an event by the record; null: nothing yet. */
  function outcomeOf({ id, kind, conversationId, eventAt }: PendingEvent): EventOutcome | null {
    if (kind === 'close_now') {
      const request = answerOf.get({ id });
      if (request === undefined) return 'taken_back';
      if (request.outcome === null) return null;
      // Something else may have been the answer to an earlier event; since then somebody is done with it once more.
      const isForThis = ENDS.includes(request.outcome) || instant(request.requested_at) >= eventAt;
      return isForThis ? request.outcome : null;
    }
    const mapping = mappingOf.get({ id: conversationId });
    if (mapping === undefined) return 'not_mapped';
    if (mapping.state === 'open' || mapping.state_at === null || instant(mapping.state_at) < eventAt)
      return null;
    return mapping.state === 'gone' ? 'not_found' : 'already_closed';
  }

  /** Settles what something has become of; the others. */
  function settleAnswered(events: readonly PendingEvent[], now: Instant): PendingEvent[] {
    return events.filter((event) => {
      const outcome = outcomeOf(event);
      if (outcome !== null) settle.run({ id: event.id, settledAt: text(now), outcome });
      return outcome === null;
    });
  }

  function takeUp(events: readonly PendingEvent[], now: Instant): BatchWork {
    const rest = settleAnswered(events, now);
    const closes = new Set<string>();
    // The newest first: its request answers the older ones too.
    const byTime = rest.filter(({ kind }) => kind === 'close_now').sort((a, b) => b.eventAt - a.eventAt);
    for (const event of byTime) {
      if (answerOf.get({ id: event.id })?.settled_at !== null) {
        setRequest.run({ id: event.id, requestId: requestFor(event) });
      }
      closes.add(event.conversationId);
    }
    const looks = rest
      .filter(({ kind, conversationId }) => kind === 'settle' && !closes.has(conversationId))
      .map(({ conversationId, name }) => [conversationId, originOfEvent(name)] as const);
    return { closes, looks: new Map(looks) };
  }

  function concludeOne(event: PendingEvent, { now, stillActive, dueAgain }: AfterBatch): void {
    const { id, kind, attempts, conversationId } = event;
    if (kind === 'settle' && stillActive.has(conversationId)) {
      settle.run({ id, settledAt: text(now), outcome: 'still_active' });
    } else if (dueAgain !== null && kind === 'settle' && attempts + 1 >= MOST_LOOKS) {
      settle.run({ id, settledAt: text(now), outcome: 'given_up' });
    } else if (dueAgain !== null) {
      postpone.run({ id, dueAt: text(dueAgain(attempts)) });
    }
  }

  return {
    accept: (events, receivedAt, dueAt) =>
      db.write(() => events.map((event) => acceptOne(event, receivedAt, dueAt))),
    nextDue: () => instant(first.get({})?.due_at ?? null),
    due: (until, size) => due.all({ until: text(until), size: limitOf(size) }).map(toPending),
    takeUp: (events, now) => db.write(() => takeUp(events, now)),
    conclude: (events, after) =>
      db.write(() => {
        for (const event of settleAnswered(events, after.now)) concludeOne(event, after);
      }),
    countPending: () => count.get({})?.n ?? 0,
  };
}

function toPending(row: EventColumns): PendingEvent {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    conversationId: row.conversation_id,
    eventAt: instant(row.event_at),
    attempts: row.attempts,
  };
}
