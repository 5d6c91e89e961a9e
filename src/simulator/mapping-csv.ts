import { toIso } from '../domain/time.ts';
import type { MappingSample } from './population.ts';

/** The mapping as a CSV that `import mapping` takes. Nothing in it needs quoting. */
export function mappingCsv(rows: readonly MappingSample[]): string {
  const lines = rows.map((row) =>
    [
      row.sessionId,
      row.conversationId,
      toIso(row.startedAt),
      row.lastActivityAt === null ? '' : toIso(row.lastActivityAt),
      row.userId ?? '',
    ].join(','),
  );
  return ['session_id,conversation_id,started_at,last_activity_at,user_id', ...lines, ''].join('\n');
}
