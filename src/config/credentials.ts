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
  /** Paths of the files that the secret was read from. */
  readonly secretFiles: readonly string[];
}

type Endpoints = Pick<Credentials, 'environmentHost' | 'loginUrl' | 'apiUrl'>;

/** Our names, and those of Genesys's own CLI and Terraform provider as fallbacks. */
const CREDENTIAL_VARIABLES = {
  clientId: ['GENESYS_CLIENT_ID', 'GENESYSCLOUD_OAUTHCLIENT_ID'],
  clientIdFile: ['GENESYS_CLIENT_ID_FILE'],
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
 * The credentials from the environment and `.env`, id and secret optionally from files.
 * @throws UsageError that names exactly the variables to set, or what is wrong with one; never with a secret
 */
export function loadCredentials(surroundings: Surroundings): Credentials {
  const environment = readEnvironment(surroundings);
  const clientId = readPart(environment, surroundings, 'clientId')?.text.trim();
  const secret = readPart(environment, surroundings, 'clientSecret');
  if (clientId === undefined || secret === null) throw missing(clientId === undefined, secret === null);
  surroundings.secrets.add(secret.text);
  surroundings.secrets.add(Buffer.from(`${clientId}:${secret.text}`).toString('base64'));
  return {
    clientId,
    clientSecret: new Secret(secret.text),
    ...endpointsOf(environment),
    secretFiles: secret.file === null ? [] : [secret.file],
  };
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

/** From its variable, or from the file that its `_FILE` variable names; null: neither is set. */
function readPart(
  environment: Environment,
  surroundings: Surroundings,
  name: 'clientId' | 'clientSecret',
): Pick<Variable, 'text' | 'file'> | null {
  const [variable] = CREDENTIAL_VARIABLES[name];
  const fromFile = readSecretFile(environment, surroundings, variable, CONTENT[name]);
  return fromFile ?? findCredential(environment, name) ?? null;
}

/**
 * The content of the file that `<variable>_FILE` names; null: it is not set.
 * @throws UsageError when both are set, or the file is not there or empty
 */
export function readSecretFile(
  environment: Environment,
  { cwd, readFile }: Surroundings,
  variable: string,
  content: string,
): { readonly text: string; readonly file: string } | null {
  const fileVariable = `${variable}_FILE`;
  const named = environment.get(fileVariable);
  if (named === undefined) return null;
  if (environment.has(variable)) {
    throw new UsageError(`${variable} and ${fileVariable} are both set; unset one.`);
  }
  const path = named.text.trim();
  const what = `The file ${path} of ${fileVariable}`;
  const file = resolve(cwd, path);
  const read = readIfThere(readFile, file, what);
  if (read === null) throw new UsageError(`${what} does not exist; correct the path.`);
  const text = read.replace(/[\r\n]+$/, '');
  if (text.trim() === '') throw new UsageError(`${what} is empty; write the ${content} into it.`);
  return { text, file };
}

const CONTENT = { clientId: 'client id', clientSecret: 'client secret' } as const;

function missing(id: boolean, secret: boolean): UsageError {
  const variables = [
    ...(id ? ['GENESYS_CLIENT_ID'] : []),
    ...(secret ? ['GENESYS_CLIENT_SECRET (or GENESYS_CLIENT_SECRET_FILE)'] : []),
  ];
  return new UsageError(
    `The credentials for Genesys Cloud are not complete: set ${variables.join(' and ')} in the environment or in .env, or try \`nightsweep demo\`, which works without.`,
  );
}
