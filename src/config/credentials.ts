import { resolve } from 'node:path';
import { UsageError } from '../domain/errors.ts';
import { apiUrlOf, DEFAULT_HOST, loginUrlOf, resolveHost } from '../genesys/regions.ts';
import { parseEndpoint } from './endpoint.ts';
import { type Environment, readEnvironment, type Variable } from './environment.ts';
import { Secret } from './secret.ts';
import { readIfThere, type Surroundings } from './surroundings.ts';

/** Who we are at Genesys Cloud, and where it is. URLs have no slash at their end. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** The host of the region, such as `mypurecloud.ie`. */
  readonly environmentHost: string;
  readonly loginUrl: string;
  readonly apiUrl: string;
}

type Endpoints = Pick<Credentials, 'environmentHost' | 'loginUrl' | 'apiUrl'>;

/** Our names, and those of Genesys's own CLI and Terraform provider as fallbacks. */
const CREDENTIAL_VARIABLES = {
  clientId: ['GENESYS_CLIENT_ID', 'GENESYSCLOUD_OAUTHCLIENT_ID'],
  clientSecret: ['GENESYS_CLIENT_SECRET', 'GENESYSCLOUD_OAUTHCLIENT_SECRET'],
  clientSecretFile: ['GENESYS_CLIENT_SECRET_FILE'],
  environment: ['GENESYS_ENVIRONMENT', 'GENESYSCLOUD_REGION'],
  apiUrl: ['GENESYS_API_URL'],
  loginUrl: ['GENESYS_LOGIN_URL'],
} as const;

export type CredentialName = keyof typeof CREDENTIAL_VARIABLES;

/** The first of the credential's variables that is set. */
export function findCredential(environment: Environment, name: CredentialName): Variable | undefined {
  return CREDENTIAL_VARIABLES[name].map((variable) => environment.get(variable)).find(Boolean);
}

/**
 * The credentials from the environment and `.env`, the secret optionally from a file.
 * @throws UsageError that names exactly the variables to set, or what is wrong with one; never with a secret
 */
export function loadCredentials(surroundings: Surroundings): Credentials {
  const environment = readEnvironment(surroundings);
  const clientId = findCredential(environment, 'clientId')?.text.trim();
  const clientSecret = readSecret(environment, surroundings);
  if (clientId === undefined || clientSecret === null) {
    throw missing(clientId === undefined, clientSecret === null);
  }
  return { clientId, clientSecret, ...endpointsOf(environment) };
}

/** @throws UsageError for a region or URL that cannot be right */
export function endpointsOf(environment: Environment): Endpoints {
  const region = findCredential(environment, 'environment');
  const environmentHost = region === undefined ? DEFAULT_HOST : resolveHost(region.text, region.where);
  const override = (name: 'apiUrl' | 'loginUrl') => {
    const variable = findCredential(environment, name);
    return variable === undefined ? null : parseEndpoint(variable.text.trim(), variable.where);
  };
  return {
    environmentHost,
    loginUrl: override('loginUrl') ?? loginUrlOf(environmentHost),
    apiUrl: override('apiUrl') ?? apiUrlOf(environmentHost),
  };
}

function readSecret(environment: Environment, { cwd, readFile }: Surroundings): Secret | null {
  const file = environment.get('GENESYS_CLIENT_SECRET_FILE');
  if (file === undefined) {
    const variable = findCredential(environment, 'clientSecret');
    return variable === undefined ? null : new Secret(variable.text);
  }
  if (environment.has('GENESYS_CLIENT_SECRET')) {
    throw new UsageError('GENESYS_CLIENT_SECRET and GENESYS_CLIENT_SECRET_FILE are both set; unset one.');
  }
  const path = file.text.trim();
  const what = `The file ${path} of GENESYS_CLIENT_SECRET_FILE`;
  const text = readIfThere(readFile, resolve(cwd, path), what);
  if (text === null) throw new UsageError(`${what} does not exist; correct the path.`);
  const value = text.replace(/[\r\n]+$/, '');
  if (value.trim() === '') throw new UsageError(`${what} is empty; write the client secret into it.`);
  return new Secret(value);
}

function missing(id: boolean, secret: boolean): UsageError {
  const variables = [
    ...(id ? ['GENESYS_CLIENT_ID'] : []),
    ...(secret ? ['GENESYS_CLIENT_SECRET (or GENESYS_CLIENT_SECRET_FILE)'] : []),
  ];
  return new UsageError(
    `The credentials for Genesys Cloud are not complete: set ${variables.join(' and ')} in the environment or in .env, or try \`nightsweep demo\`, which works without.`,
  );
}
