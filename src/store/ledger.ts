import { DatabaseError } from '../domain/errors.ts';
import type { Consequences, Outcome, OutcomeKind } from '../domain/outcome.ts';
import { type PastOutcome, restsUntil } from '../domain/rest.ts';
import type { Instant } from '../domain/time.ts';
import type { Ledger } from '../sweep/ports.ts';
import type { Db } from './connection.ts';
import { knownReader } from './known.ts';
import {
  fromIntent,
  fromOutcome,
  type IntentColumns,
  type OutcomeColumns,
  toIntent,
} from './outcome-rows.ts';
import { instant, text } from './rows.ts';

type ById = { readonly id: string };
type NewState = ById & { readonly state: string; readonly stateAt: string; readonly updatedAt: string };
type PastColumns = {
  readonly outcome: OutcomeKind;
  readonly http_status: number | null;
  readonly decided_at: string;
};
type Settlement = ById & {
  readonly outcome: string;
  readonly origin: string;
  readonly decidedAt: string;
  readonly ended: 0 | 1;
};

/** What we are about to do, and what happened. */
export function ledger(db: Db): Ledger {
  const readKnown = knownReader(db);
  const insertIntent = db.prepare<IntentColumns>(`
    INSERT INTO intents (conversation_id, session_id, run_id, intended_at, reason, detail, origin, request_id,
      remote_status, remote_last_activity_at, idle_seconds, queue_id, agent_connected)
    VALUES (@conversation_id, @session_id, @run_id, @intended_at, @reason, @detail, @origin, @request_id,
      @remote_status, @remote_last_activity_at, @idle_seconds, @queue_id, @agent_connected)`);
  const intents = db.prepare<Record<string, never>, IntentColumns>(
    'SELECT * FROM intents ORDER BY intended_at, conversation_id',
  );
  const deleteIntent = db.prepare<ById>('DELETE FROM intents WHERE conversation_id = @id');
  const insertOutcome = db.prepare<OutcomeColumns>(`
    INSERT INTO outcomes (run_id, conversation_id, session_id, outcome, reason, detail, origin, remote_status,
      remote_last_activity_at, idle_seconds, queue_id, agent_connected, http_status, error_code, correlation_id,
      requests, decided_at, closed_at)
    VALUES (@run_id, @conversation_id, @session_id, @outcome, @reason, @detail, @origin, @remote_status,
      @remote_last_activity_at, @idle_seconds, @queue_id, @agent_connected, @http_status, @error_code,
      @correlation_id, @requests, @decided_at, @closed_at)`);
  const setState = db.prepare<NewState>(
    'UPDATE mappings SET state = @state, state_at = @stateAt, updated_at = @updatedAt WHERE conversation_id = @id',
  );
  // Newest first. No night has so many runs that three would not be among them. One that ended with 4 or 8 suffered
  // from something that was everybody's.
  const past = db.prepare<ById, PastColumns>(`
    SELECT o.outcome, o.http_status, o.decided_at FROM outcomes AS o JOIN runs AS r ON r.id = o.run_id
    WHERE o.conversation_id = @id AND r.dry_run = 0 AND coalesce(r.exit_code, 0) NOT IN (4, 8)
    ORDER BY o.id DESC LIMIT 100`);
  const setRest = db.prepare<ById & { readonly restsUntil: string | null }>(
    'UPDATE mappings SET rests_until = @restsUntil WHERE conversation_id = @id AND rests_until IS NOT @restsUntil',
  );
  // An end answers everybody who asked for one. Any other outcome answers only the request that it was decided
  // for: one that came in meanwhile has not been looked at yet, and must not be lost.
  const settleRequest = db.prepare<Settlement>(`
    UPDATE close_requests SET settled_at = @decidedAt, outcome = @outcome
    WHERE conversation_id = @id AND settled_at IS NULL
      AND (@ended = 1 OR (origin = @origin AND requested_at <= @decidedAt))`);

  function applyConsequences(outcome: Outcome, consequences: Consequences, seenAt: Instant): void {
    const { conversationId: id, outcome: kind, origin } = outcome;
    const decidedAt = text(outcome.decidedAt);
    const { mappingState: state, settlesRequest, needsIntent } = consequences;
    if (state !== null) setState.run({ id, state, stateAt: text(seenAt), updatedAt: decidedAt });
    if (settlesRequest) {
      const ended = state === 'closed' || state === 'gone' ? 1 : 0;
      settleRequest.run({ id, outcome: kind, origin, decidedAt, ended });
    }
    setRest.run({ id, restsUntil: text(restsUntil(past.all({ id }).map(toPast))) });
    const { changes } = deleteIntent.run({ id });
    if (needsIntent && changes === 0) {
      throw new DatabaseError(
        `What became of the close of ${id} was recorded by another run meanwhile; two were at work at once. Find out why (was ${db.path}-lock removed?), then run again.`,
      );
    }
  }

  const recordOne: Ledger['record'] = (runId, outcome, consequences, seenAt) => {
    insertOutcome.run(fromOutcome(runId, outcome));
    if (consequences !== null) applyConsequences(outcome, consequences, seenAt);
  };

  return {
    intend: (conversationId, decide) =>
      db.write(() => {
        const intent = decide(readKnown(conversationId));
        if (intent === null) return false;
        // Fails where another intent is still there: what that one did must be known first.
        insertIntent.run(fromIntent(intent));
        return true;
      }),
    intents: () => intents.all({}).map(toIntent),
    withdraw: (conversationId) => {
      db.write(() => deleteIntent.run({ id: conversationId }));
    },
    record: (...one) => db.write(() => recordOne(...one)),
    recordAll: (runId, outcomes, seenAt) =>
      db.write(() => {
        for (const { outcome, consequences } of outcomes) recordOne(runId, outcome, consequences, seenAt);
      }),
  };
}

function toPast(row: PastColumns): PastOutcome {
  return { outcome: row.outcome, httpStatus: row.http_status, decidedAt: instant(row.decided_at) };
}
