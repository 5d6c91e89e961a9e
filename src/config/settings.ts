import { DAY, HOUR, MINUTE, SECOND } from '../domain/time.ts';
import { choice, count, duration, type Kind, orWord, ratio, text, yesOrNo } from './kinds.ts';
import { ids, messageTypes, occasions } from './lists.ts';
import { cron, timeZone } from './schedule.ts';

/** One setting; its key is its place in {@link SETTINGS}. */
interface Setting<T> {
  readonly flag: string | null;
  readonly kind: Kind<T>;
  /** As text, read like any other given value. */
  readonly default: string;
  readonly description: string;
}

function setting<T>(
  flag: string | null,
  kind: Kind<T>,
  defaultText: string,
  description: string,
): Setting<T> {
  return { flag, kind, default: defaultText, description };
}

/** What `expectedEvery` may be at least. */
export const LEAST_EXPECTED_MS = HOUR;

/** Every setting there is. The parser, `nightsweep config` and the README's table all come from here. */
export const SETTINGS = {
  db: setting(
    '--db',
    text('the path of a SQLite file'),
    'data/nightsweep.db',
    'The database with the mappings and the record of every run.',
  ),
  'source.file': setting(
    null,
    orWord(text('the path of a SQLite file'), 'none', null),
    'none',
    'The database of your own application that the mapping is read from before each sweep.',
  ),
  'source.query': setting(
    null,
    orWord(text('one SELECT on it', 'SQL'), 'none', null),
    'none',
    'What yields its conversation_id, session_id and started_at, and last_activity_at and user_id if there.',
  ),
  'source.since': setting(
    null,
    orWord(text('the name of a column'), 'none', null),
    'none',
    'The column of that query that tells when a row changed; without it everything is read each time.',
  ),
  'source.overlap': setting(
    null,
    duration('h'),
    '24h',
    'How far before the newest change that was seen reading begins: for late commits and other time zones.',
  ),
  api: setting(
    '--api',
    choice('platform', 'gateway'),
    'platform',
    "The contract to speak: Genesys's Platform API, or that of a gateway in front of it.",
  ),
  staleAfter: setting(
    '--stale-after',
    duration('h', { min: MINUTE }),
    '24h',
    'A conversation is stale when neither side was active for this long.',
  ),
  staleAfterWithAgent: setting(
    null,
    orWord(duration('h', { min: MINUTE }), 'staleAfter', null),
    'staleAfter',
    'The same while an agent is connected; never less than `staleAfter`.',
  ),
  awaitingAgent: setting(
    null,
    choice('keep', 'close'),
    'keep',
    'What to do when an agent is connected and the customer spoke last.',
  ),
  exemptQueues: setting(null, ids(), 'none', 'Queues whose conversations are never closed by policy.'),
  exemptDivisions: setting(null, ids(), 'none', 'Divisions whose conversations are never closed by policy.'),
  platformTimerGrace: setting(
    null,
    duration('h'),
    '12h',
    "A conversation that Genesys's own inactivity timer ends within this time is left to it.",
  ),
  messageTypes: setting(null, messageTypes(), 'webmessaging', 'The kinds of messaging that may be closed.'),
  closeReason: setting(
    null,
    orWord(text('a short text'), 'none', null),
    'none',
    'The reason to send along with a close; only the gateway contract has one.',
  ),
  ratePerMinute: setting(
    '--rate',
    count('requests a minute', { min: 1, max: 100_000 }),
    '300',
    'The most requests to send in a minute; what Genesys answers can only lower it.',
  ),
  budgetShare: setting(
    null,
    ratio(),
    '1',
    'The share of the allowed rate to use, where others need the rest.',
  ),
  concurrency: setting(
    '--concurrency',
    count('conversations', { min: 1, max: 100 }),
    '10',
    'How many conversations are in flight at a time.',
  ),
  maxCloses: setting(
    '--max-closes',
    orWord(count('closes', { min: 0, max: 10_000_000 }), 'unlimited', Number.POSITIVE_INFINITY),
    '500',
    'The most conversations that one run may close.',
  ),
  maxDuration: setting(
    '--max-duration',
    orWord(duration('h', { min: SECOND }), 'none', null),
    'none',
    'How long one run may take before it stops in good order.',
  ),
  grace: setting(
    '--grace',
    duration('s', { max: HOUR }),
    '20s',
    'How long a run that is interrupted, or out of time, may finish what it has in hand.',
  ),
  survey: setting(
    '--no-survey',
    yesOrNo(),
    'true',
    'Whether to rule out ended conversations in bulk before reading them one by one.',
  ),
  surveyLag: setting(
    null,
    duration('m'),
    '30m',
    "How far Genesys's analytics may be behind; conversations closed more recently are not looked at again.",
  ),
  reopenWatch: setting(
    null,
    duration('h'),
    '72h',
    'How long a closed conversation is watched for being reopened.',
  ),
  verifyFor: setting(
    null,
    duration('s', { min: SECOND, max: HOUR }),
    '15s',
    'How long to wait for proof that a conversation has ended.',
  ),
  requestMaxAge: setting(
    null,
    duration('h', { min: MINUTE }),
    '48h',
    'A close request older than this expires instead of being served.',
  ),
  expectedEvery: setting(
    null,
    orWord(duration('h', { min: LEAST_EXPECTED_MS }), 'none', null),
    '24h',
    'How often a full sweep should run, where no schedule says when; missing nights are named.',
  ),
  'schedule.cron': setting(
    '--cron',
    orWord(cron(), 'none', null),
    'none',
    'When the sweeps of `schedule` and `serve --schedule` begin: minute, hour, day, month, weekday.',
  ),
  'schedule.timeZone': setting(
    null,
    orWord(timeZone(), 'local', null),
    'local',
    "The time zone of these times; local is this machine's.",
  ),
  'schedule.jitter': setting(
    null,
    {
      ...duration('m', { max: DAY }),
      accepts: 'a duration such as 90s or 15m, shorter than the time between two nights and 24h at most',
    },
    '0s',
    'How much later such a sweep begins at most, by chance each time anew.',
  ),
  'schedule.catchUp': setting(
    null,
    yesOrNo(),
    'false',
    'Whether a night that was due while nothing was running is made up for as soon as something does.',
  ),
  expectOrganization: setting(
    null,
    orWord(text('the id or the name of the organisation'), 'none', null),
    'none',
    'The organisation that the credentials must belong to before anything is closed by policy.',
  ),
  attemptTimeout: setting(
    null,
    duration('s', { min: SECOND, max: HOUR }),
    '15s',
    'The longest that one HTTP attempt may take.',
  ),
  conversationDeadline: setting(
    null,
    duration('m', { min: SECOND, max: 24 * HOUR }),
    '5m',
    'The longest that one conversation may take, with all its attempts.',
  ),
  metricsFile: setting(
    '--metrics-file',
    orWord(text('the path of a file'), 'none', null),
    'none',
    "Where each sweep leaves its metrics, for the textfile collector of Prometheus's node_exporter.",
  ),
  webhookDelay: setting(
    null,
    duration('s', { max: HOUR }),
    '2s',
    'How long the event of a webhook waits for others of its burst before it is worked on.',
  ),
  'notify.on': setting(
    null,
    occasions(),
    'failure, refusal, change',
    'Of which nights the webhook, Slack and Teams are told.',
  ),
  'notify.name': setting(
    null,
    orWord(text('a short text'), 'host', null),
    'host',
    'What this installation is called where others are told of it; `host`: the name of the machine.',
  ),
} as const;

export type SettingKey = keyof typeof SETTINGS;

/** The value of every setting, as its kind reads it. */
export type Values = {
  [K in SettingKey]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never;
};

export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[];

/** `staleAfter` → `NIGHTSWEEP_STALE_AFTER`, `source.file` → `NIGHTSWEEP_SOURCE_FILE`. */
export function variableOf(key: SettingKey): string {
  return `NIGHTSWEEP_${key.replace('.', '_').replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}

/** The settings that may stand together below this name, by the rest of theirs; empty: it is no such name. */
export function groupOf(name: string): readonly string[] {
  return SETTING_KEYS.filter((key) => key.startsWith(`${name}.`)).map((key) => key.slice(name.length + 1));
}

/** The name under which an argument parser hands over the flag: `--no-survey` → `survey`; null: no flag. */
export function flagName(key: SettingKey): string | null {
  return SETTINGS[key].flag?.replace(/^--(?:no-)?/, '') ?? null;
}
