import { isSameSecret } from '../webhook/same-secret.ts';
import { HttpProblem } from './problem.ts';

/** Throws HttpProblem unless this `Authorization` header holds the token. */
export type DemandToken = (authorization: string | undefined) => void;

const NOT_CONFIGURED =
  'This server has no token, so these routes are closed; set NIGHTSWEEP_API_TOKEN or NIGHTSWEEP_API_TOKEN_FILE and restart it.';

/** @param reveal the token; null: none is configured */
export function tokenGuard(reveal: (() => string) | null): DemandToken {
  if (reveal === null) {
    return () => {
      throw new HttpProblem(403, 'no_token_configured', NOT_CONFIGURED);
    };
  }
  return (authorization) => {
    const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (given === undefined) {
      throw unauthorized('Bearer realm="nightsweep"', 'Send the token, as Authorization: Bearer TOKEN.');
    }
    if (!isSameSecret(given, reveal())) {
      throw unauthorized('Bearer realm="nightsweep", error="invalid_token"', 'This is not the token.');
    }
  };
}

function unauthorized(challenge: string, message: string): HttpProblem {
  return new HttpProblem(401, 'unauthorized', message, { headers: { 'www-authenticate': challenge } });
}
