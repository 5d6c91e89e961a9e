import { CLOSE_REASONS, KEEP_REASONS } from '../domain/decide.ts';
import { OUTCOMES, type OutcomeKind } from '../domain/outcome.ts';

/** Where there is none. */
const NONE = 'none';
/** In the place of what nobody foresaw: what comes from outside must not make labels. */
export const OTHER = 'other';

/** The reasons that outcomes have, so that all of them are there from the start. */
const REASONS: Readonly<Record<OutcomeKind, readonly string[]>> = {
  closed: [...CLOSE_REASONS, 'confirmed_late'],
  already_closed: ['ended'],
  not_found: [NONE],
  kept: KEEP_REASONS,
  would_close: CLOSE_REASONS,
  unconfirmed: CLOSE_REASONS,
  failed: ['inspect', 'close'],
  expired: [NONE],
  not_attempted: ['budget', 'run_ended', 'request_gone', 'refused'],
};

export interface OutcomeLabels {
  readonly outcome: OutcomeKind;
  readonly reason: string;
}

/** Every pair of labels that real runs may have. */
export function allOutcomeLabels(): OutcomeLabels[] {
  return OUTCOMES.filter((outcome) => outcome !== 'would_close').flatMap((outcome) =>
    REASONS[outcome].map((reason) => ({ outcome, reason })),
  );
}

export function outcomeLabels(outcome: OutcomeKind, reason: string | null): OutcomeLabels {
  const known: readonly string[] = REASONS[outcome] ?? [];
  const given = reason ?? NONE;
  return { outcome, reason: known.includes(given) || given === NONE ? given : OTHER };
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export function methodLabel(method: string): string {
  return METHODS.includes(method) ? method : OTHER;
}

/** The names of events that something follows from. */
export const EVENTS = [
  'conversation:statusChanged',
  'conversation.acw',
  'conversation.wrapup',
  'conversation.customer.end',
  'conversation.user.end',
] as const;

/** @param name null: it was answered before anybody read what it was */
export function eventLabel(name: string | null): string {
  if (name === null) return NONE;
  return (EVENTS as readonly string[]).includes(name) ? name : OTHER;
}
