import { resolve } from 'node:path';
import { type Config, staleAfterWithAgent, toConfig } from './config.ts';
import { environmentSettings, readEnvironment } from './environment.ts';
import { fileSettings, type NamedFile, settingsFolder } from './file.ts';
import { type Flags, flagSettings } from './flags.ts';
import { defaultValue, readGiven, type SettingOrigin } from './given.ts';
import { SETTING_KEYS, type SettingKey, type Values } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

export interface ConfigSource extends Surroundings {
  readonly flags: Flags;
  /** The value of `--config`. */
  readonly configFile?: string | null | undefined;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly origins: Readonly<Record<SettingKey, SettingOrigin>>;
  /** The same settings as {@link config}, by key. */
  readonly values: Readonly<Values>;
}

/**
 * The settings in force: defaults < `nightsweep.yaml` < environment (`.env` below the real one) < flags.
 * A wrong value is an error also where a later source overrides it: it would strike on another night.
 * @throws UsageError with the place, the key and what is accepted
 */
export async function loadConfig(source: ConfigSource): Promise<LoadedConfig> {
  const environment = readEnvironment(source);
  const named = namedFile(source.configFile, environment.get('NIGHTSWEEP_CONFIG')?.text);
  const strongestFirst = [
    flagSettings(source.flags),
    environmentSettings(environment),
    await fileSettings(source, named),
  ];

  const origins = {} as Record<SettingKey, SettingOrigin>;
  const read = {} as Record<SettingKey, Values[SettingKey]>;
  for (const key of SETTING_KEYS) {
    const given = strongestFirst.flatMap((settings) => settings.get(key) ?? []);
    const [strongest] = given.map((one) => ({ origin: one.origin, value: readGiven(key, one) }));
    origins[key] = strongest?.origin ?? 'default';
    read[key] = strongest === undefined ? defaultValue(key) : strongest.value;
  }
  const values = read as Values;
  if (values['source.file'] !== null) {
    const folder = origins['source.file'] === 'file' ? settingsFolder(source.cwd, named) : source.cwd;
    values['source.file'] = resolve(folder, values['source.file']);
  }

  const withAgent = staleAfterWithAgent(values);
  if (withAgent !== values.staleAfterWithAgent) {
    values.staleAfterWithAgent = withAgent;
    origins.staleAfterWithAgent = origins.staleAfter;
  }
  return { config: toConfig(values), origins, values };
}

function namedFile(flag: string | null | undefined, variable: string | undefined): NamedFile | null {
  if (flag !== null && flag !== undefined) return { path: flag, by: '--config' };
  return variable === undefined ? null : { path: variable.trim(), by: 'NIGHTSWEEP_CONFIG' };
}
