/** The addresses of those who are told of nights, each a secret by itself, and what the webhook is signed with. */
export const NOTIFY_URLS = {
  webhook: 'NIGHTSWEEP_NOTIFY_WEBHOOK_URL',
  slack: 'NIGHTSWEEP_NOTIFY_SLACK_URL',
  teams: 'NIGHTSWEEP_NOTIFY_TEAMS_URL',
  heartbeat: 'NIGHTSWEEP_NOTIFY_HEARTBEAT_URL',
} as const;

export const NOTIFY_SECRET = 'NIGHTSWEEP_NOTIFY_WEBHOOK_SECRET' as const;

/** Each may be given as the path of a file instead, in the variable of the same name and `_FILE`. */
export const NOTIFY_VARIABLES = [
  NOTIFY_URLS.webhook,
  NOTIFY_URLS.slack,
  NOTIFY_URLS.teams,
  NOTIFY_URLS.heartbeat,
  NOTIFY_SECRET,
] as const;

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/secret|sign|key/, NOTIFY_SECRET],
  [/slack/, NOTIFY_URLS.slack],
  [/teams|workflow/, NOTIFY_URLS.teams],
  [/heart|dead|healthcheck|ping|snitch/, NOTIFY_URLS.heartbeat],
  [/hook|url|address/, NOTIFY_URLS.webhook],
];

/** The variable that belongs to what somebody has put into the group `notify` of a settings file; null: none does. */
export function notifyVariableFor(key: string): string | null {
  const name = /^notify\.(.*)$/i.exec(key)?.[1]?.toLowerCase();
  if (name === undefined) return null;
  return WORDS.find(([word]) => word.test(name))?.[1] ?? null;
}
