import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { UsageError } from '../domain/errors.ts';
import { echoName } from './echo.ts';
import type { Given, GivenSettings } from './given.ts';
import { nearest } from './nearest.ts';
import { addSecretsOf, OWN_SECRETS } from './secrets.ts';
import { SETTING_KEYS, type SettingKey, variableOf } from './settings.ts';
import { readIfThere, type Surroundings } from './surroundings.ts';

export interface Variable {
  readonly text: string;
  /** The name, and `in .env` where it comes from there. */
  readonly where: string;
  /** The path of `.env` where it comes from there. */
  readonly file: string | null;
}

/** The variables that are set, by name. */
export type Environment = ReadonlyMap<string, Variable>;

/** Ours, but not settings: read elsewhere. */
const OTHER_VARIABLES: readonly string[] = [
  'NIGHTSWEEP_CONFIG',
  ...OWN_SECRETS.flatMap((name) => [name, `${name}_FILE`]),
];

/**
 * The real environment over `.env` in the working directory. An empty variable counts as not set, and so
 * takes one of `.env` away.
 * @throws UsageError when `.env` cannot be read
 */
export function readEnvironment({ env, cwd, readFile, secrets }: Surroundings): Environment {
  const path = resolve(cwd, '.env');
  const inFile = parseEnv(readIfThere(readFile, path, 'The file .env') ?? '');
  return merged(secrets, [inFile, ' in .env', path], [env, '', null]);
}

/** The real one alone, for who can do without `.env` better than with nothing. */
export function realEnvironment({ env, secrets }: Pick<Surroundings, 'env' | 'secrets'>): Environment {
  return merged(secrets, [env, '', null]);
}

function merged(
  secrets: Surroundings['secrets'],
  ...sources: readonly (readonly [source: Surroundings['env'], suffix: string, file: string | null])[]
): Environment {
  const variables = new Map<string, Variable>();
  for (const [source, suffix, file] of sources) {
    addSecretsOf(source, secrets);
    for (const [name, value] of Object.entries(source)) {
      if (value !== undefined) variables.set(name, { text: value, where: `${name}${suffix}`, file });
    }
  }
  return new Map([...variables].filter(([, { text }]) => text.trim() !== ''));
}

/** @throws UsageError for a variable that looks like a setting and is none */
export function environmentSettings(environment: Environment): GivenSettings {
  const keys = new Map(SETTING_KEYS.map((key) => [variableOf(key), key]));
  const known: readonly string[] = [...keys.keys(), ...OTHER_VARIABLES];
  const settings = new Map<SettingKey, Given>();
  for (const [name, { text, where }] of environment) {
    if (!name.startsWith('NIGHTSWEEP_')) continue;
    const key = keys.get(name);
    if (key !== undefined) settings.set(key, { text, where, origin: 'environment' });
    else if (!known.includes(name))
      throw unknownVariable(name, where.slice(name.length), nearest(name, known));
  }
  return settings;
}

function unknownVariable(name: string, place: string, meant: string | null): UsageError {
  const advice =
    meant === null
      ? 'unset it, or see `nightsweep config` for those there are'
      : `did you mean ${meant}? Correct or unset it`;
  return new UsageError(
    `${echoName(name, 'NIGHTSWEEP_…')}${place} is not a variable that nightsweep knows; ${advice}.`,
  );
}
