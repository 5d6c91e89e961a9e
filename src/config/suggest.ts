import { isNearly, nearest } from './nearest.ts';
import { flagName, SETTING_KEYS, type SettingKey, variableOf } from './settings.ts';

/** The name above some settings that was probably meant. */
export function suggestGroup(name: string): string | null {
  const groups = SETTING_KEYS.flatMap((key) => (key.includes('.') ? [key.split('.')[0] ?? key] : []));
  return nearest(name, [...new Set(groups)]);
}

/** The setting that was probably meant, also by the name of its flag or variable. */
export function suggestSetting(name: string): SettingKey | null {
  const names = new Map(
    SETTING_KEYS.flatMap((key) =>
      [key, flagName(key) ?? key, variableOf(key)].map((known) => [known, key] as const),
    ),
  );
  return names.get(nearest(name, [...names.keys()]) ?? '') ?? null;
}

/** The setting that is called so but for one letter, by its whole name, the last part of it, its flag or its variable. */
export function settingCalled(name: string): SettingKey | null {
  const called = (known: string) => isNearly(name, known);
  return (
    SETTING_KEYS.find((key) => [key, key.split('.').at(-1) ?? key, variableOf(key)].some(called)) ??
    SETTING_KEYS.find((key) => called(flagName(key) ?? key)) ??
    null
  );
}
