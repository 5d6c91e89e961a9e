import { isFromPerson } from '../domain/close-request.ts';
import type { Instant } from '../domain/time.ts';
import type { Effect, IntakeStore, MappingRow, NewCloseRequest } from '../intake/ports.ts';
import type { Db } from './connection.ts';
import { takeIn } from './merge-mapping.ts';
import { flag, instant, MAPPING_BY_ID, type MappingColumns, text, toMapping } from './rows.ts';

type ById = { readonly id: string };
type MappingParams = {
  readonly id: string;
  readonly sessionId: string;
  readonly userId: string | null;
  readonly startedAt: string;
  readonly lastActivityAt: string | null;
  readonly state: string;
  readonly stateAt: string | null;
  readonly source: string;
  readonly now: string;
};
type RequestParams = {
  readonly reason: string | null;
  readonly origin: string;
  readonly force: 0 | 1;
  readonly now: string;
};
export interface PendingColumns {
  readonly id: number;
  readonly origin: string;
  readonly force: 0 | 1;
}
/** The close request that is still to be served. */
export const PENDING_BY_ID =
  'SELECT id, origin, force FROM close_requests WHERE conversation_id = @id AND settled_at IS NULL';

type ImportParams = { readonly kind: string; readonly file: string; readonly startedAt: string };
type FinishedImport = { readonly id: number; readonly file: string; readonly finished_at: string };

/** What comes in: mappings, close requests, and the files they came from. */
export function intakeStore(db: Db): IntakeStore {
  const mappingOf = db.prepare<ById, MappingColumns>(MAPPING_BY_ID);
  const putMapping = db.prepare<MappingParams>(`
    INSERT INTO mappings (conversation_id, session_id, user_id, started_at, last_activity_at, state, state_at,
      source, created_at, updated_at)
    VALUES (@id, @sessionId, @userId, @startedAt, @lastActivityAt, @state, @stateAt, @source, @now, @now)
    ON CONFLICT (conversation_id) DO UPDATE SET session_id = @sessionId, user_id = @userId,
      started_at = @startedAt, last_activity_at = @lastActivityAt, state = @state, state_at = @stateAt,
      source = @source, updated_at = @now`);
  const pendingOf = db.prepare<ById, PendingColumns>(PENDING_BY_ID);
  const insertRequest = db.prepare<RequestParams & { readonly conversationId: string }>(`
    INSERT INTO close_requests (conversation_id, reason, origin, force, requested_at)
    VALUES (@conversationId, @reason, @origin, @force, @now)`);
  const replaceRequest = db.prepare<RequestParams & { readonly id: number }>(`
    UPDATE close_requests SET reason = @reason, origin = @origin, force = @force, requested_at = @now
    WHERE id = @id`);
  const insertImport = db.prepare<ImportParams>(
    'INSERT INTO imports (kind, file, started_at) VALUES (@kind, @file, @startedAt)',
  );
  const finishImport = db.prepare<{
    readonly id: number;
    readonly sha256: string;
    readonly counts: string;
    readonly finishedAt: string;
  }>('UPDATE imports SET sha256 = @sha256, counts = @counts, finished_at = @finishedAt WHERE id = @id');
  const insertReject = db.prepare<{
    readonly importId: number;
    readonly line: number;
    readonly code: string;
    readonly message: string;
    readonly raw: string;
  }>(
    'INSERT INTO import_rejects (import_id, line, code, message, raw) VALUES (@importId, @line, @code, @message, @raw)',
  );

  function putOne(row: MappingRow, source: string, now: Instant): Effect {
    const stored = mappingOf.get({ id: row.conversationId });
    const known = stored === undefined ? null : toMapping(stored);
    const { mapping, effect } = takeIn(known, row, now);
    if (effect === 'unchanged') return effect;
    putMapping.run({
      id: mapping.conversationId,
      sessionId: mapping.sessionId,
      userId: mapping.userId,
      startedAt: text(mapping.startedAt),
      lastActivityAt: text(mapping.lastActivityAt),
      state: mapping.state,
      stateAt: text(mapping.stateAt),
      source,
      now: text(now),
    });
    return effect;
  }

  function requestOne(row: NewCloseRequest, now: Instant): { effect: Effect; requestId: number } {
    const { conversationId, reason, origin } = row;
    const params = { reason, origin, force: flag(row.force), now: text(now) };
    const pending = pendingOf.get({ id: conversationId });
    if (pending === undefined) {
      return { effect: 'accepted', requestId: insertRequest.run({ ...params, conversationId }).id };
    }
    if (!replaces(row, pending)) return { effect: 'unchanged', requestId: pending.id };
    replaceRequest.run({ ...params, id: pending.id });
    return { effect: 'accepted', requestId: pending.id };
  }

  return {
    beginImport: (kind, file, startedAt) =>
      db.write(() => insertImport.run({ kind, file, startedAt: text(startedAt) })).id,
    finishedImport: finishedImports(db),
    finishImport: (importId, sha256, counts, finishedAt) => {
      const params = { id: importId, sha256, counts: JSON.stringify(counts), finishedAt: text(finishedAt) };
      db.write(() => finishImport.run(params));
    },
    putMappings: (rows, source, now) => db.write(() => rows.map((row) => putOne(row, source, now))),
    requestCloses: (rows, now) => db.write(() => rows.map((row) => requestOne(row, now))),
    putRejects: (importId, rejects) =>
      db.write(() => {
        for (const { line, code, message, raw } of rejects) {
          insertReject.run({ importId, line, code, message, raw });
        }
      }),
  };
}

/** Finds the newest finished import of the same kind and content. */
export function finishedImports(db: Db): IntakeStore['finishedImport'] {
  const newest = db.prepare<{ readonly kind: string; readonly sha256: string }, FinishedImport>(`
    SELECT id, file, finished_at FROM imports WHERE kind = @kind AND sha256 = @sha256
    ORDER BY id DESC LIMIT 1`);
  return (kind, sha256) => {
    const found = newest.get({ kind, sha256 });
    return found === undefined
      ? null
      : { id: found.id, file: found.file, finishedAt: instant(found.finished_at) };
  };
}

/**
 * Who asks now, at the terminal, means now; and a person's request takes the place of a machine's, which would not
 * override exemptions. A list that is imported again asks for nothing new.
 */
export function replaces(row: NewCloseRequest, pending: Pick<PendingColumns, 'origin' | 'force'>): boolean {
  if (row.force) return true;
  if (pending.force === 1) return false;
  return row.origin === 'cli' || (isFromPerson(row) && !isFromPerson(pending));
}
