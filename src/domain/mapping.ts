import type { Instant } from './time.ts';

export type MappingState = 'open' | 'closed' | 'gone';

/** One row of the user's own knowledge: this session belongs to that conversation. */
export interface Mapping {
  readonly conversationId: string;
  readonly sessionId: string;
  readonly userId: string | null;
  readonly startedAt: Instant;
  /** Last sign of life on the user's own side; null when unknown. */
  readonly lastActivityAt: Instant | null;
  readonly state: MappingState;
  /** When `state` was last observed. */
  readonly stateAt: Instant | null;
  readonly holdUntil: Instant | null;
  /** It could not be closed three nights running and is not tried by policy before this; null: as usual. */
  readonly restsUntil: Instant | null;
  /** When a run last found or made it ended, by the record; null: never. */
  readonly endSeenAt: Instant | null;
}
