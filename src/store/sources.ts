import type { SourceStore } from '../intake/ports.ts';
import type { Db } from './connection.ts';
import { instant, text } from './rows.ts';

interface SourceColumns {
  readonly file_identity: string;
  readonly query_sha256: string;
  readonly cursor: string | null;
  readonly synced_at: string;
}

/** How far the databases have been read that the mapping is kept in step with. */
export function sourceStore(db: Db): SourceStore {
  const stateOf = db.prepare<{ readonly path: string }, SourceColumns>(
    'SELECT file_identity, query_sha256, cursor, synced_at FROM sources WHERE path = @path',
  );
  const save = db.prepare<{
    readonly path: string;
    readonly fileIdentity: string;
    readonly querySha256: string;
    readonly cursor: string | null;
    readonly syncedAt: string;
  }>(`
    INSERT INTO sources (path, file_identity, query_sha256, cursor, synced_at)
    VALUES (@path, @fileIdentity, @querySha256, @cursor, @syncedAt)
    ON CONFLICT (path) DO UPDATE SET file_identity = @fileIdentity, query_sha256 = @querySha256,
      cursor = @cursor, synced_at = @syncedAt`);

  return {
    state: (path) => {
      const found = stateOf.get({ path });
      return found === undefined
        ? null
        : {
            fileIdentity: found.file_identity,
            querySha256: found.query_sha256,
            cursor: instant(found.cursor),
            syncedAt: instant(found.synced_at),
          };
    },
    save: (path, { fileIdentity, querySha256, cursor, syncedAt }) => {
      const params = { path, fileIdentity, querySha256, cursor: text(cursor), syncedAt: text(syncedAt) };
      db.write(() => save.run(params));
    },
    atomically: (fn) => db.write(fn),
  };
}
