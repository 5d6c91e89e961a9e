import type { Instant } from '../domain/time.ts';
import type { FailureRow, Resting } from './ports.ts';

type Failed = Pick<FailureRow, 'outcome' | 'reason' | 'httpStatus' | 'settledAs' | 'restsUntil'>;

const SETTLED: Readonly<Record<NonNullable<Failed['settledAs']>, string>> = {
  closed: 'Nothing: it has been closed since.',
  already_closed: 'Nothing: it has ended since.',
  not_found: 'Nothing: Genesys does not know it any more.',
  kept: 'Nothing: it could be read since, and was kept.',
};

/** What somebody should do about a conversation that failed or stayed unconfirmed, in plain words. */
export function nextAction(failed: Failed, now: Instant): string {
  if (failed.settledAs !== null) return SETTLED[failed.settledAs];
  if (failed.restsUntil !== null && failed.restsUntil > now) return restingAction(failed);
  if (failed.outcome === 'unconfirmed') {
    return 'Nothing yet: the next sweep looks whether the close took effect.';
  }
  return actionForStatus(failed.httpStatus, failed.reason);
}

/** The same for one that could not be closed three nights running. */
export function restingAction({ httpStatus }: Pick<Resting, 'httpStatus'>): string {
  return httpStatus === 403
    ? "Grant the OAuth client's role in its division; until then it is tried once a week."
    : 'Report it to Genesys with its correlation id; until then it is tried once a week.';
}

function actionForStatus(status: number | null, stage: string | null): string {
  switch (status) {
    case 401:
      return 'Check the credentials with nightsweep doctor; the next sweep tries again.';
    case 403:
      return "Grant the OAuth client's role in its division; the next sweep tries again.";
    case 429:
      return 'Nothing yet: the rate limit was reached, and the next sweep tries again; if it lasts, lower ratePerMinute.';
    default:
      if (status === null || status === 408 || status >= 500) {
        return 'Nothing yet: Genesys did not answer as it should, and the next sweep tries again.';
      }
      return stage === 'close'
        ? 'Look at it with nightsweep explain; if the close is refused again, report it to Genesys.'
        : 'Look at it with nightsweep explain; if it cannot be read again, report it to Genesys.';
  }
}

/** Whether such a sentence asks somebody to do something now. */
export function asksSomebody(action: string): boolean {
  return !action.startsWith('Nothing');
}
