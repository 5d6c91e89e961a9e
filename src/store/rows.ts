import type { CloseRequest } from '../domain/close-request.ts';
import type { Mapping, MappingState } from '../domain/mapping.ts';
import { type Instant, toIso } from '../domain/time.ts';

/** The text of a moment as the tables keep it; null stays null. */
export function text(at: Instant): string;
export function text(at: Instant | null): string | null;
export function text(at: Instant | null): string | null {
  return at === null ? null : toIso(at);
}

/** The moment of a stored text, whose form its CHECK has proven; null stays null. */
export function instant(stored: string): Instant;
export function instant(stored: string | null): Instant | null;
export function instant(stored: string | null): Instant | null {
  return stored === null ? null : Date.parse(stored);
}

/** For columns that hold 0, 1 or NULL. */
export function flag(stored: boolean): 0 | 1;
export function flag(stored: boolean | null): 0 | 1 | null;
export function flag(stored: boolean | null): 0 | 1 | null {
  return stored === null ? null : stored ? 1 : 0;
}

/** A number of rows for LIMIT, where -1 stands for all. */
export function limitOf(rows: number): number {
  return Number.isFinite(rows) ? rows : -1;
}

export interface MappingColumns {
  readonly conversation_id: string;
  readonly session_id: string;
  readonly user_id: string | null;
  readonly started_at: string;
  readonly last_activity_at: string | null;
  readonly state: MappingState;
  readonly state_at: string | null;
  readonly hold_until: string | null;
  readonly rests_until: string | null;
  readonly source: string;
  readonly end_seen_at: string | null;
}

/** What a query of mappings selects besides the columns of the table. */
const END_SEEN_AT = `(
  SELECT o.decided_at FROM outcomes AS o JOIN runs AS r ON r.id = o.run_id
  WHERE o.conversation_id = mappings.conversation_id AND r.dry_run = 0
    AND o.outcome IN ('closed', 'already_closed', 'not_found')
  ORDER BY o.id DESC LIMIT 1) AS end_seen_at`;

/** One mapping as {@link toMapping} reads it. */
export const MAPPING_BY_ID = `SELECT *, ${END_SEEN_AT} FROM mappings WHERE conversation_id = @id`;

export function toMapping(row: MappingColumns): Mapping {
  return {
    conversationId: row.conversation_id,
    sessionId: row.session_id,
    userId: row.user_id,
    startedAt: instant(row.started_at),
    lastActivityAt: instant(row.last_activity_at),
    state: row.state,
    stateAt: instant(row.state_at),
    holdUntil: instant(row.hold_until),
    restsUntil: instant(row.rests_until),
    endSeenAt: instant(row.end_seen_at),
  };
}

export interface RequestColumns {
  readonly id: number;
  readonly conversation_id: string;
  readonly reason: string | null;
  readonly origin: string;
  readonly requested_at: string;
  readonly force: 0 | 1;
}

export function toRequest(row: RequestColumns): CloseRequest {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    reason: row.reason,
    origin: row.origin,
    requestedAt: instant(row.requested_at),
    force: row.force === 1,
  };
}
