import { type ApiError, AuthError } from '../domain/errors.ts';

/** How many conversations must be forbidden, and nothing else, before it is the role and not the conversation. */
const FIRST_FORBIDDEN = 10;

/**
 * Tells one conversation's trouble from everybody's: a division that keeps us out of one conversation is that one's
 * failure, a role without the permission is everybody's. A remote side that does not answer is the client's to notice.
 */
export interface Health {
  /** A conversation answered as it should. */
  answered(): void;
  failed(error: ApiError): void;
  /** What must end the run, or null. */
  verdict(): AuthError | null;
  /** What the run as a whole suffered from, when it was too short for {@link verdict}. */
  finalVerdict(): AuthError | null;
}

export function createHealth(): Health {
  let answered = 0;
  let forbidden = 0;
  let lastForbidden: ApiError | null = null;

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
    },
    failed: (error) => {
      if (error.failure === 'forbidden') {
        forbidden++;
        lastForbidden = error;
      } else if (error.failure === 'refused' || error.failure === 'not_json') {
        answered++;
      }
    },
    verdict: () => (forbidden >= FIRST_FORBIDDEN ? allForbidden() : null),
    finalVerdict: allForbidden,
  };
}
