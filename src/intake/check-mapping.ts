import { DAY, type Instant, toIso } from '../domain/time.ts';
import { type Cells, checkText, RowProblem } from './cells.ts';
import type { Columns } from './column-map.ts';
import type { Checked } from './import-rows.ts';
import type { MappingRow } from './ports.ts';

export const MAPPING_COLUMNS: Columns = {
  required: ['session_id', 'conversation_id', 'started_at'],
  optional: ['last_activity_at', 'user_id'],
};

/** Of a session and of a user, in characters. */
export const MAX_NAME_LENGTH = 200;
/** Clocks differ and zones get mixed up; more than a day ahead is a mistake. */
const MAX_AHEAD_MS = DAY;

/** @throws RowProblem when the row cannot go in */
export function checkMapping(row: Cells, now: Instant): Checked<MappingRow> {
  const sessionId = row.optional('session_id');
  if (sessionId === null) throw new RowProblem('invalid_session', 'The row has no session_id.');
  checkSession(sessionId, 'session_id');
  const conversationId = row.conversationId('conversation_id');
  const startedAt = row.time('started_at');
  if (startedAt === null) throw new RowProblem('missing_value', 'The row has no started_at.');
  checkStart(startedAt, 'started_at', now);
  const lastActivityAt = row.time('last_activity_at');
  const userId = row.optional('user_id');
  if (userId !== null) checkUser(userId, 'user_id');
  const value = { conversationId, sessionId, userId, startedAt, lastActivityAt };
  return { value, identity: JSON.stringify(value) };
}

/** @throws RowProblem `invalid_session` */
export function checkSession(sessionId: string, column: string): void {
  checkText(sessionId, column, MAX_NAME_LENGTH, 'invalid_session');
}

/** @throws RowProblem `invalid_user` */
export function checkUser(userId: string, column: string): void {
  checkText(userId, column, MAX_NAME_LENGTH, 'invalid_user');
}

/** @throws RowProblem `future_time` */
export function checkStart(startedAt: Instant, column: string, now: Instant): void {
  if (startedAt <= now + MAX_AHEAD_MS) return;
  throw new RowProblem('future_time', `The ${column} ${toIso(startedAt)} lies more than a day ahead.`);
}
