/** What a metric is, apart from its values. `docs/metrics.md` has each of them. */
interface Family {
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly labels?: readonly string[];
}

const gauge = (help: string, ...labels: string[]): Family => ({ type: 'gauge', help, labels });
const counter = (help: string, ...labels: string[]): Family => ({ type: 'counter', help, labels });
const histogram = (help: string, ...labels: string[]): Family => ({ type: 'histogram', help, labels });

/** What the record tells, whichever process did the work. */
export const OF_RECORD = {
  nightsweep_last_start_timestamp_seconds: gauge('When the last full sweep began; dry runs are none.'),
  nightsweep_last_end_timestamp_seconds: gauge('When the last full sweep ended, however it did.'),
  nightsweep_last_success_timestamp_seconds: gauge(
    'When the last full sweep that ended with exit code 0, 3 or 6 did so.',
  ),
  nightsweep_last_duration_seconds: gauge('How long the last full sweep took.'),
  nightsweep_last_exit_code: gauge('Exit code of the last full sweep.'),
  nightsweep_last_outcomes: gauge(
    'Conversations of the last full sweep by what became of them and why.',
    'outcome',
    'reason',
  ),
  nightsweep_last_conversations: gauge('Other counts of the last full sweep.', 'count'),
  nightsweep_outcomes_total: counter(
    'Outcomes on record, pruned ones included, by what became of the conversation and why.',
    'outcome',
    'reason',
  ),
  nightsweep_reopened_total: counter('Closed conversations that were seen to have come back to life.'),
  nightsweep_backlog_conversations: gauge('Conversations that a sweep would look at now.'),
  nightsweep_oldest_active_age_seconds: gauge(
    'For how long our side of the longest silent open mapping has been silent; 0 without one.',
  ),
  nightsweep_held_conversations: gauge('Conversations on hold.'),
  nightsweep_resting_conversations: gauge(
    'Conversations that could not be closed three nights running, and rest.',
  ),
  nightsweep_pending_close_requests: gauge('Close requests that are not settled yet.'),
  nightsweep_oldest_pending_close_request_age_seconds: gauge(
    'Age of the oldest close request that is not settled yet; 0 without one.',
  ),
  nightsweep_close_request_max_age_seconds: gauge('Age at which a close request expires (requestMaxAge).'),
  nightsweep_pending_events: gauge('Events of webhooks that nothing has become of yet: the queue.'),
  nightsweep_oldest_pending_event_age_seconds: gauge('Age of the oldest of these events; 0 without one.'),
  nightsweep_intents: gauge('Closes that were begun and whose outcome is not known yet.'),
} as const satisfies Record<string, Family>;

/** What this process, or the sweeps that wrote the file, sent to Genesys Cloud. */
export const OF_REQUESTS = {
  nightsweep_genesys_requests_total: counter(
    'Attempts to reach Genesys Cloud by route and status; never_sent and lost had no answer.',
    'method',
    'route',
    'status',
  ),
  nightsweep_genesys_request_duration_seconds: histogram('How long such attempts took.', 'method', 'route'),
  nightsweep_retries_total: counter('Attempts that repeated an earlier one.'),
  nightsweep_rate_limit_hits_total: counter('Answers with status 429.'),
  nightsweep_rate_limit_waits_total: counter('Attempts that had to wait for their turn.'),
  nightsweep_rate_limit_wait_seconds_total: counter('How long attempts waited for their turn, all together.'),
  nightsweep_given_up_total: counter('Requests that were not sent because nobody had answered for a minute.'),
} as const satisfies Record<string, Family>;

/** What this server did. */
export const OF_SERVER = {
  nightsweep_http_requests_total: counter(
    'Requests that were answered over HTTP.',
    'method',
    'route',
    'status',
  ),
  nightsweep_http_request_duration_seconds: histogram('How long their answers took.', 'method', 'route'),
  nightsweep_webhooks_received_total: counter(
    'Webhooks that came in, by event and by how they were answered.',
    'event',
    'answer',
  ),
  nightsweep_worker_ready: gauge('1 while the work in the background goes on, 0 while something keeps it.'),
  nightsweep_worker_phase: gauge('1 for what the worker is doing, 0 for all else.', 'phase'),
  nightsweep_worker_failures: gauge('How many times in a row the worker failed; 0 once it succeeds.'),
  nightsweep_worker_batches_total: counter('Batches that the worker has done.'),
  nightsweep_schedule_next_timestamp_seconds: gauge('When the schedule begins the next sweep.'),
  nightsweep_record_read_seconds: gauge('How long the latest reading of the record for these figures took.'),
  nightsweep_record_readable: gauge('1 when the record could be read for these figures, else 0.'),
} as const satisfies Record<string, Family>;

export const OF_PROGRAM = {
  nightsweep_info: gauge('The program; always 1.', 'version'),
} as const satisfies Record<string, Family>;

export const CATALOGUE: Readonly<Record<MetricName, Family>> = {
  ...OF_PROGRAM,
  ...OF_RECORD,
  ...OF_REQUESTS,
  ...OF_SERVER,
};
export type MetricName =
  | keyof typeof OF_PROGRAM
  | keyof typeof OF_RECORD
  | keyof typeof OF_REQUESTS
  | keyof typeof OF_SERVER;
