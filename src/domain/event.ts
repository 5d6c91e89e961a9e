import type { OutcomeKind } from './outcome.ts';
import type { Instant } from './time.ts';

/** `close_now`: somebody is done with it, so it is to be closed. `settle`: only to be looked at, never closed. */
export type EventKind = 'close_now' | 'settle';

/** Something that Genesys says has happened to a conversation. */
export interface ConversationEvent {
  readonly kind: EventKind;
  /** Its name in origins: `webhook:NAME`. */
  readonly name: string;
  readonly conversationId: string;
  /** By Genesys's clock; what was active since is kept. */
  readonly eventAt: Instant;
  /** By which the same event is known again when it is sent again. */
  readonly identity: string;
}

/**
 * What became of an event: the outcome that answered its close request, or `taken_back` where somebody has deleted that;
 * for one that is only looked at, `still_active` (nothing was changed), `not_mapped` (there was nothing to settle) or `given_up` (it could not be read).
 */
export type EventOutcome =
  | Extract<OutcomeKind, 'closed' | 'already_closed' | 'not_found' | 'kept' | 'expired'>
  | 'taken_back'
  | 'still_active'
  | 'not_mapped'
  | 'given_up';

/** Who caused a look that an event led to. */
export function originOfEvent(name: string): string {
  return `webhook:${name}`;
}
