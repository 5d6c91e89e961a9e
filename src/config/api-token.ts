import { UsageError } from '../domain/errors.ts';
import { readSecretFile } from './credentials.ts';
import { readEnvironment } from './environment.ts';
import { Secret } from './secret.ts';
import type { Surroundings } from './surroundings.ts';

const VARIABLE = 'NIGHTSWEEP_API_TOKEN';

/** What others must show to be served over HTTP. */
export interface ApiToken {
  readonly token: Secret;
  /** The path of the file that it was read from, which should be its owner's alone. */
  readonly file: string | null;
}

/** What can be guessed by trying is no secret. */
const SHORTEST = 16;
/** What may stand in an `Authorization: Bearer` header (RFC 6750). */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * The token of `nightsweep serve`, from the environment, `.env` or a file; null: none is set.
 * @throws UsageError for one that cannot be used; never with it
 */
export function loadApiToken(surroundings: Surroundings): ApiToken | null {
  const environment = readEnvironment(surroundings);
  const found = readSecretFile(environment, surroundings, VARIABLE, 'token') ?? environment.get(VARIABLE);
  if (found === undefined) return null;
  const text = found.text.trim();
  surroundings.secrets.add(text);
  if (text.length < SHORTEST || !TOKEN.test(text)) {
    throw new UsageError(
      `The token of ${environment.has(VARIABLE) ? VARIABLE : `${VARIABLE}_FILE`} must have ${SHORTEST} characters at least, letters, digits and ._~+/- only; make one with openssl rand -hex 32.`,
    );
  }
  return { token: new Secret(text), file: found.file };
}
