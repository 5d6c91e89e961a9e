/** What counts as stale. Durations in milliseconds; ids lower case. */
export interface Policy {
  readonly staleAfterMs: number;
  /** The same while an agent is connected; never less than `staleAfterMs` in effect. */
  readonly staleAfterWithAgentMs: number;
  /** What to do when an agent is connected and the customer spoke last. */
  readonly awaitingAgent: 'keep' | 'close';
  readonly exemptQueues: readonly string[];
  readonly exemptDivisions: readonly string[];
  /** Leave a conversation to Genesys's own inactivity timer when it would end it within this time. */
  readonly platformTimerGraceMs: number;
  readonly messageTypes: readonly string[];
}
