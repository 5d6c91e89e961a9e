import type { Instant } from '../domain/time.ts';
import type { RouteName } from './routes.ts';

/** One request that was received on Genesys's side of the simulator. */
export interface RequestRecord {
  /** From 1, in the order the requests came in. */
  readonly order: number;
  readonly at: Instant;
  readonly method: string;
  readonly path: string;
  /** Null: no such route. */
  readonly route: RouteName | null;
  readonly conversationId: string | null;
  /** What was answered; null while it is not answered, or never was (reset, timeout). */
  status: number | null;
}

/** How many requests of each route got each answer: `{ "read": { "200": 12, "none": 1 } }`. */
export function countRequests(log: readonly RequestRecord[]): Record<string, Record<string, number>> {
  const counts: Record<string, Record<string, number>> = {};
  for (const { route, status } of log) {
    const name = route ?? 'unknown';
    const answer = String(status ?? 'none');
    const byStatus = counts[name] ?? {};
    counts[name] = { ...byStatus, [answer]: (byStatus[answer] ?? 0) + 1 };
  }
  return counts;
}
