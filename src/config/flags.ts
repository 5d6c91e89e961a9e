import { type Given, type GivenSettings, wrongValue } from './given.ts';
import { flagName, SETTING_KEYS, SETTINGS, type SettingKey } from './settings.ts';

/** Parsed arguments by flag name without dashes (`stale-after`, `survey`); others are not looked at. */
export type Flags = Readonly<Record<string, unknown>>;

/** @throws UsageError for a flag that is given twice */
export function flagSettings(flags: Flags): GivenSettings {
  const settings = new Map<SettingKey, Given>();
  for (const key of SETTING_KEYS) {
    const name = flagName(key);
    const value = name === null ? undefined : flags[name];
    if (value === undefined) continue;
    const where = SETTINGS[key].flag ?? key;
    if (Array.isArray(value)) throw wrongValue(key, where, value.join(' and '), 'the flag is given twice');
    settings.set(key, { text: String(value), where, origin: 'flag' });
  }
  return settings;
}
