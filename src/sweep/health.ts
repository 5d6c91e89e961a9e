import { type ApiError, AuthError, UnavailableError } from '../domain/errors.ts';

/** How many conversations in a row must fail alike before it is the remote side and not the conversation. */
const FIRST_FORBIDDEN = 10;
const UNANSWERED_IN_A_ROW = 20;

/**
 * Tells one conversation's trouble from trouble with the remote side as a whole: a division that keeps us out of
 * one conversation is that one's failure, a role without the permission is everybody's.
 */
export interface Health {
  /** A conversation answered as it should. */
  answered(): void;
  failed(error: ApiError): void;
  /** What must end the run, or null. */
  verdict(): AuthError | UnavailableError | null;
  /** What the run as a whole suffered from, when it was too short for {@link verdict}. */
  finalVerdict(): AuthError | null;
}

export function createHealth(): Health {
  let answered = 0;
  let forbidden = 0;
  let unanswered = 0;
  let lastForbidden: ApiError | null = null;
  let lastUnanswered: ApiError | null = null;

  const allForbidden = () =>
    answered === 0 && lastForbidden !== null
      ? new AuthError(
          `Genesys Cloud forbids all of the first ${forbidden === 1 ? 'conversation' : `${forbidden} conversations`}: ${lastForbidden.message}.`,
          { cause: lastForbidden },
        )
      : null;

  return {
    answered: () => {
      answered++;
      unanswered = 0;
    },
    failed: (error) => {
      if (error.failure === 'forbidden') {
        forbidden++;
        unanswered = 0;
        lastForbidden = error;
      } else {
        answered += error.failure === 'refused' || error.failure === 'not_json' ? 1 : 0;
        unanswered++;
        lastUnanswered = error;
      }
    },
    verdict: () => {
      if (forbidden >= FIRST_FORBIDDEN) return allForbidden();
      if (unanswered >= UNANSWERED_IN_A_ROW && lastUnanswered !== null) {
        return new UnavailableError(
          `Genesys Cloud did not answer for ${unanswered} conversations in a row (${lastUnanswered.message}); the rest is left for the next run.`,
          { cause: lastUnanswered },
        );
      }
      return null;
    },
    finalVerdict: allForbidden,
  };
}
