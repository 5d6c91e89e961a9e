import type { Instant } from '../../src/domain/time.ts';
import type { ConversationKind } from '../../src/simulator/record.ts';

export type Contract = 'platform' | 'gateway';

/** What the harness itself knows of a conversation, independently of the program and of its record. */
export interface Facts {
  readonly id: string;
  /** Null: nobody over there has ever heard of it. */
  readonly kind: ConversationKind | null;
  readonly mapped: boolean;
  /** Somebody wrote in it since it was made. */
  activeAt: Instant | null;
  /** The last time somebody asked, or may have asked, for its close. */
  askedAt: Instant | null;
  held: boolean;
}

/** Idle for 30 hours, and to be closed by policy. */
export const STALE_KINDS = ['with_bot', 'waiting_in_queue', 'agent_customer_silent'] as const;
export const ENDED_KINDS = ['closed', 'abandoned'] as const;
/** To be kept by policy. The gateway contract tells nothing of what makes most of them so. */
export const KEPT_KINDS = {
  platform: ['recently_active', 'parked', 'other_message_type', 'own_timer', 'agent_customer_waiting'],
  gateway: ['recently_active'],
} as const satisfies Record<Contract, readonly [ConversationKind, ...ConversationKind[]]>;

/** Why it must not be closed; null: it may. Written anew here, so that it is no copy of the program's rules. */
export function whyNot({ kind, mapped, activeAt, askedAt, held }: Facts, contract: Contract): string | null {
  if (kind === null) return 'it does not exist';
  if (held) return 'it is on hold';
  if (contract === 'platform' && kind === 'other_message_type') return 'it is not web messaging';
  if (askedAt !== null) {
    return activeAt === null || activeAt <= askedAt ? null : 'somebody wrote after its close was asked for';
  }
  if (!mapped) return 'nobody asked for it';
  if (activeAt !== null) return 'somebody wrote lately';
  return (STALE_KINDS as readonly string[]).includes(kind) ? null : `it is ${kind}`;
}
