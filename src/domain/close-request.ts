import type { Instant } from './time.ts';

/**
 * Who or what caused a look at a conversation: `schedule`, `cli`, `http`, `csv:FILE#LINE` or `webhook:EVENT`.
 */
export type Origin = string;

/** Somebody asked for this conversation to be closed. */
export interface CloseRequest {
  readonly id: number;
  readonly conversationId: string;
  readonly reason: string | null;
  readonly origin: Origin;
  readonly requestedAt: Instant;
  /** `close --force`: close even if a side was active after `requestedAt`. */
  readonly force: boolean;
}

/**
 * A person's request overrides exemptions, a machine's does not. What comes by `http` names conversations on behalf of
 * somebody, with a credential, as a list does: it counts as a person's. An event only says what happened.
 */
export function isFromPerson(request: Pick<CloseRequest, 'origin'>): boolean {
  return !request.origin.startsWith('webhook:');
}

/** What a report counts together: `csv:FILE` for every line of that file, any other origin as it is. */
export function sourceOf(origin: Origin): Origin {
  return origin.replace(/^(csv:.*)#\d+$/s, '$1');
}
