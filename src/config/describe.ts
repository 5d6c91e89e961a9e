import { type CredentialName, endpointsOf, findCredential } from './credentials.ts';
import { readEnvironment } from './environment.ts';
import type { SettingOrigin } from './given.ts';
import type { Kind } from './kinds.ts';
import type { LoadedConfig } from './load.ts';
import { REDACTED } from './secret.ts';
import type { OWN_SECRETS } from './secrets.ts';
import { SETTING_KEYS, SETTINGS, type SettingKey, variableOf } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

/** One setting in force, in the form in which it could be given. */
export interface SettingRow {
  readonly key: string;
  /** Null when it is not set and has no default. */
  readonly value: string | null;
  readonly origin: SettingOrigin;
  readonly unit: string;
  readonly flag: string | null;
  readonly variable: string;
  readonly description: string;
}

/** Every setting in force, in the order of the table. */
export function describeSettings({ values, origins }: LoadedConfig): SettingRow[] {
  return SETTING_KEYS.map((key) => ({
    key,
    value: (SETTINGS[key].kind as Kind<unknown>).format(values[key]),
    origin: origins[key],
    unit: SETTINGS[key].kind.unit,
    flag: SETTINGS[key].flag,
    variable: variableOf(key),
    description: SETTINGS[key].description,
  }));
}

const CREDENTIALS: readonly [CredentialName, variable: string, unit: string, description: string][] = [
  ['clientId', 'GENESYS_CLIENT_ID', 'text', 'The id of the OAuth client.'],
  ['clientIdFile', 'GENESYS_CLIENT_ID_FILE', 'file', 'A file with that id instead.'],
  ['clientSecret', 'GENESYS_CLIENT_SECRET', 'secret', 'The secret of the OAuth client.'],
  ['clientSecretFile', 'GENESYS_CLIENT_SECRET_FILE', 'file', 'A file with that secret instead.'],
  ['environment', 'GENESYS_ENVIRONMENT', 'host or AWS region', 'The region of the organisation.'],
  ['apiUrl', 'GENESYS_API_URL', 'URL', 'Where the API is, when not in the region.'],
  ['loginUrl', 'GENESYS_LOGIN_URL', 'URL', 'Where tokens come from, when not from the region.'],
];

/**
 * The same for who we are and where Genesys Cloud is: what is set, whether or not it is complete.
 * @throws UsageError for a region or URL that cannot be right
 */
export function describeCredentials(surroundings: Surroundings): SettingRow[] {
  const environment = readEnvironment(surroundings);
  const { environmentHost, apiUrl, loginUrl } = endpointsOf(environment);
  const text = (name: CredentialName) => findCredential(environment, name)?.text ?? null;
  const values: Readonly<Record<CredentialName, string | null>> = {
    clientId: text('clientId'),
    clientIdFile: text('clientIdFile'),
    clientSecret: text('clientSecret') === null ? null : REDACTED,
    clientSecretFile: text('clientSecretFile'),
    environment: environmentHost,
    apiUrl,
    loginUrl,
  };
  return CREDENTIALS.map(([key, variable, unit, description]) => ({
    key,
    value: values[key],
    origin: text(key) === null ? 'default' : 'environment',
    unit,
    flag: null,
    variable,
    description,
  }));
}

/** A table of settings for the documentation. */
export function settingsMarkdown(keys: readonly SettingKey[] = SETTING_KEYS): string {
  const rows = keys.map((key) => {
    const { flag, kind, default: value, description } = SETTINGS[key];
    return [
      `\`${key}\``,
      flag === null ? '' : `\`${flag}\``,
      `\`${variableOf(key)}\``,
      `\`${value}\``,
      kind.unit,
      description,
    ];
  });
  return markdownTable(['setting', 'flag', 'environment', 'default', 'unit', 'what it does'], rows);
}

const CONFIG_VARIABLE = 'NIGHTSWEEP_CONFIG';
const CONFIG_DESCRIPTION = 'The file with the settings; `nightsweep.yaml` in the working directory if there.';

const SECRETS: Readonly<Record<(typeof OWN_SECRETS)[number], string>> = {
  NIGHTSWEEP_API_TOKEN:
    'What callers of `serve` must show as their bearer token, and what opens its dashboard.',
  NIGHTSWEEP_WEBHOOK_SECRET: 'What webhooks are signed with (Standard Webhooks).',
  NIGHTSWEEP_WEBHOOK_TOKEN: 'The bearer token of senders of webhooks that cannot sign.',
  NIGHTSWEEP_NOTIFY_WEBHOOK_URL: 'Where JSON is posted about a night.',
  NIGHTSWEEP_NOTIFY_SLACK_URL: 'The incoming webhook of a Slack channel.',
  NIGHTSWEEP_NOTIFY_TEAMS_URL: 'The webhook of a Teams workflow.',
  NIGHTSWEEP_NOTIFY_HEARTBEAT_URL: "A dead man's switch in the manner of Healthchecks.",
  NIGHTSWEEP_NOTIFY_WEBHOOK_SECRET: 'What the JSON about nights is signed with (Standard Webhooks).',
};

/** A table of the variables that are no settings: credentials, secrets, and where the settings are. */
export function variablesMarkdown(): string {
  const credentials = CREDENTIALS.map(([, variable, , description]) => [variable, description] as const);
  const secrets = Object.entries(SECRETS).flatMap(([variable, description]) => [
    [variable, description] as const,
    [`${variable}_FILE`, 'A file with that instead.'] as const,
  ]);
  const rows = [...credentials, [CONFIG_VARIABLE, CONFIG_DESCRIPTION] as const, ...secrets];
  return markdownTable(
    ['variable', 'what it is'],
    rows.map(([variable, description]) => [`\`${variable}\``, description]),
  );
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}
