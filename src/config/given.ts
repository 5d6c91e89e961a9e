import { UsageError } from '../domain/errors.ts';
import { echo } from './echo.ts';
import type { Kind } from './kinds.ts';
import { SETTINGS, type SettingKey, type Values } from './settings.ts';

/** Where a setting in force was given; each overrides those before it. */
export type SettingOrigin = 'default' | 'file' | 'environment' | 'flag';

/** A setting as somebody wrote it. */
export interface Given {
  readonly text: string;
  readonly origin: Exclude<SettingOrigin, 'default'>;
  /** The place for error messages: `nightsweep.yaml line 3`, a variable, a flag. */
  readonly where: string;
}

export type GivenSettings = ReadonlyMap<SettingKey, Given>;

/**
 * The value that was given.
 * @throws UsageError that names the place, the key, the text and what is accepted
 */
export function readGiven<K extends SettingKey>(key: K, { text, where }: Given): Values[K] {
  const trimmed = text.trim();
  if (trimmed === '') {
    throw new UsageError(`${where}: ${key} has no value; give ${SETTINGS[key].kind.accepts}.`);
  }
  const parsed = (SETTINGS[key].kind as Kind<Values[K]>).parse(trimmed);
  if (parsed.ok) return parsed.value;
  if (parsed.isEnough) throw new UsageError(`${where}: ${key} cannot be ${echo(trimmed)}: ${parsed.hint}.`);
  throw wrongValue(key, where, echo(trimmed), parsed.hint);
}

/** @param shown what was given, in words or quoted */
export function wrongValue(key: SettingKey, where: string, shown: string, hint: string | null): UsageError {
  return new UsageError(
    `${where}: ${key} cannot be ${shown}${hint === null ? '' : ` (${hint})`}; give ${SETTINGS[key].kind.accepts}.`,
  );
}

/** The value a setting has when nobody gives one. */
export function defaultValue<K extends SettingKey>(key: K): Values[K] {
  const parsed = (SETTINGS[key].kind as Kind<Values[K]>).parse(SETTINGS[key].default);
  if (!parsed.ok) throw new Error(`The default of ${key} is not accepted by its own kind.`);
  return parsed.value;
}
