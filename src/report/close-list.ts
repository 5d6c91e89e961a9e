import type { Outcome } from '../domain/outcome.ts';
import { toIso } from '../domain/time.ts';
import { toCsv } from './formats/csv.ts';

/**
 * What a dry run would close, as a CSV for people to review and for `import closes` to take back. `as_of` makes the
 * list safe to sign later: a conversation that was active after it is kept.
 */
export function closeList(outcomes: readonly Outcome[]): string {
  return toCsv(
    [
      'conversation_id',
      'reason',
      'as_of',
      'session_id',
      'idle_hours',
      'queue_id',
      'agent_connected',
      'last_activity_at',
    ],
    outcomes.map((o) => [
      o.conversationId,
      o.reason,
      toIso(o.decidedAt),
      oneLine(o.sessionId),
      o.idleSeconds === null ? null : Math.round(o.idleSeconds / 360) / 10,
      oneLine(o.queueId),
      o.agentConnected === null ? null : String(o.agentConnected),
      o.remoteLastActivityAt === null ? null : toIso(o.remoteLastActivityAt),
    ]),
  );
}

/** Every row has a line of its own: one of several lines that name conversations is not taken back. */
function oneLine(text: string | null): string | null {
  return text?.replace(/\p{Cc}+/gu, ' ') ?? null;
}
