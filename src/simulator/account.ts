import type { Instant } from '../domain/time.ts';
import { type ConversationKind, type ConversationRecord, endOf, statusOf } from './record.ts';

/** What became of one conversation, as the simulator itself knows it. */
export interface AccountEntry {
  readonly id: string;
  /** What it was made to look like at first. */
  readonly kind: ConversationKind;
  readonly status: 'active' | 'closed' | 'abandoned' | 'gone';
  readonly endedAt: Instant | null;
  readonly endedBy: 'api' | 'self' | null;
  /** PATCH requests received, also those answered with an error. */
  readonly patches: number;
  /** Of these, the ones that ended it or set its end in motion. */
  readonly effectivePatches: number;
  /** Individual reads received. */
  readonly reads: number;
}

export function accountOf(record: ConversationRecord): AccountEntry {
  return {
    id: record.id,
    kind: record.kind,
    status: record.gone ? 'gone' : statusOf(record),
    endedAt: endOf(record),
    endedBy: record.endedBy,
    patches: record.patches,
    effectivePatches: record.effectivePatches,
    reads: record.reads,
  };
}
