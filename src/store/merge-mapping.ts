import { isDiscoveredSession } from '../domain/discovered.ts';
import type { Mapping } from '../domain/mapping.ts';
import type { Instant } from '../domain/time.ts';
import type { Effect, MappingRow } from '../intake/ports.ts';

/** What a row makes of what is known of its conversation (null: nothing), and what that means for the record. */
export function takeIn(
  known: Mapping | null,
  row: MappingRow,
  now: Instant,
): { readonly mapping: Mapping; readonly effect: Effect } {
  if (known === null) return { mapping: firstMapping(row), effect: 'accepted' };
  const mapping = mergeMapping(known, row, now);
  return { mapping, effect: isSame(known, mapping) ? 'unchanged' : 'changed' };
}

/**
 * A mapping after one more row about its conversation. Whatever the order in which rows come, session and activity
 * end the same:
 * - the session that started later has the conversation (of two that started together, the one whose id sorts last); one
 *   that only stands for a session that nobody knew gives way to any other;
 * - activity is the latest that anybody told, and where it is known, not before the session's start, which is a
 *   sign of life too; it never moves back;
 * - a sign of life after the end was seen makes the mapping open again: the next sweep looks at it.
 */
function mergeMapping(known: Mapping, row: MappingRow, now: Instant): Mapping {
  const merged = { ...known, ...sessionOf(known, row) };
  const lastActivityAt = activityOf(latest(known.lastActivityAt, row.lastActivityAt), merged.startedAt);
  const alive = lastActivityAt ?? merged.startedAt;
  const revived = known.state !== 'open' && known.stateAt !== null && alive > known.stateAt;
  return revived ? { ...merged, lastActivityAt, state: 'open', stateAt: now } : { ...merged, lastActivityAt };
}

/** The mapping of a conversation that was not known before. */
function firstMapping(row: MappingRow): Mapping {
  return {
    ...row,
    lastActivityAt: activityOf(row.lastActivityAt, row.startedAt),
    state: 'open',
    stateAt: null,
    holdUntil: null,
    restsUntil: null,
    endSeenAt: null,
  };
}

type Session = Pick<Mapping, 'sessionId' | 'userId' | 'startedAt'>;

function sessionOf(known: Session, row: Session): Session {
  if (known.sessionId === row.sessionId) {
    return {
      sessionId: known.sessionId,
      userId: row.userId ?? known.userId,
      startedAt: Math.max(known.startedAt, row.startedAt),
    };
  }
  const { sessionId, userId, startedAt } = winsOver(row, known) ? row : known;
  return { sessionId, userId, startedAt };
}

function winsOver(row: Session, known: Session): boolean {
  const isReal = !isDiscoveredSession(row.sessionId);
  if (isReal === isDiscoveredSession(known.sessionId)) return isReal;
  return row.startedAt === known.startedAt
    ? row.sessionId > known.sessionId
    : row.startedAt > known.startedAt;
}

function activityOf(lastActivityAt: Instant | null, startedAt: Instant): Instant | null {
  return lastActivityAt === null ? null : Math.max(lastActivityAt, startedAt);
}

function latest(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

function isSame(a: Mapping, b: Mapping): boolean {
  return (
    a.sessionId === b.sessionId &&
    a.userId === b.userId &&
    a.startedAt === b.startedAt &&
    a.lastActivityAt === b.lastActivityAt &&
    a.state === b.state
  );
}
