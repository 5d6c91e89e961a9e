-- Every time is UTC text `YYYY-MM-DDTHH:MM:SS.sssZ`: in this one form, comparing text compares time. Its CHECK
-- asks SQLite to write the time again; only that form, and only a day that exists, comes back as it went in.
-- Constraints are named after what they demand, because the name is all that a failing INSERT shows.

-- The user's own knowledge. Other programs write here with plain SQL at any time; we write `state`, `state_at`,
-- `updated_at`, and `hold_until` on `hold`.
CREATE TABLE mappings (
  conversation_id TEXT NOT NULL PRIMARY KEY
    CONSTRAINT conversation_id_is_a_lower_case_uuid CHECK (
      conversation_id GLOB '????????-????-????-????-????????????'
      AND conversation_id NOT GLOB '*[^0-9a-f-]*'
      AND length(replace(conversation_id, '-', '')) = 32
    ),
  session_id TEXT NOT NULL
    CONSTRAINT session_id_is_not_empty CHECK (trim(session_id) <> '')
    CONSTRAINT session_id_has_no_control_characters CHECK (
      session_id NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || ']*'
    ),
  user_id TEXT,
  started_at TEXT NOT NULL
    CONSTRAINT started_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', started_at) IS started_at
    ),
  -- The user's own side; NULL: unknown.
  last_activity_at TEXT
    CONSTRAINT last_activity_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', last_activity_at) IS last_activity_at
    ),
  state TEXT NOT NULL DEFAULT 'open'
    CONSTRAINT state_is_open_closed_or_gone CHECK (state IN ('open', 'closed', 'gone')),
  -- When `state` was last observed.
  state_at TEXT
    CONSTRAINT state_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', state_at) IS state_at
    ),
  hold_until TEXT
    CONSTRAINT hold_until_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', hold_until) IS hold_until
    ),
  source TEXT NOT NULL DEFAULT 'sql',
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    CONSTRAINT created_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at
    ),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    CONSTRAINT updated_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', updated_at) IS updated_at
    ),
  -- Without it, later activity could not be told from earlier, and the row would never be looked at again.
  CONSTRAINT an_ended_mapping_has_state_at CHECK (state = 'open' OR state_at IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX mappings_by_session ON mappings (session_id);
-- The order of work. Ended rows with later activity on the user's side are in it too, so one walk finds both.
CREATE INDEX mappings_due ON mappings (coalesce(last_activity_at, started_at), conversation_id)
  WHERE state = 'open' OR last_activity_at > state_at;
CREATE INDEX mappings_closed ON mappings (state_at) WHERE state = 'closed';

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL
    CONSTRAINT kind_is_known CHECK (kind IN ('sweep', 'close', 'webhook')),
  scope TEXT NOT NULL
    CONSTRAINT scope_is_known CHECK (scope IN ('full', 'requested', 'limited')),
  state TEXT NOT NULL DEFAULT 'running'
    CONSTRAINT state_is_known CHECK (
      state IN ('running', 'done', 'stopped', 'refused', 'failed', 'interrupted')
    ),
  dry_run INTEGER NOT NULL CONSTRAINT dry_run_is_0_or_1 CHECK (dry_run IN (0, 1)),
  -- The policy in force.
  policy TEXT NOT NULL CONSTRAINT policy_is_json CHECK (json_valid(policy)),
  counts TEXT NOT NULL CONSTRAINT counts_is_json CHECK (json_valid(counts)),
  requests TEXT NOT NULL CONSTRAINT requests_is_json CHECK (json_valid(requests)),
  message TEXT,
  started_at TEXT NOT NULL
    CONSTRAINT started_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', started_at) IS started_at
    ),
  finished_at TEXT
    CONSTRAINT finished_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', finished_at) IS finished_at
    ),
  exit_code INTEGER,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  version TEXT NOT NULL,
  CONSTRAINT a_run_is_running_until_finished_at CHECK ((state = 'running') = (finished_at IS NULL))
) STRICT;

CREATE INDEX runs_running ON runs (id) WHERE state = 'running';

-- The final record of each look.
CREATE TABLE outcomes (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  conversation_id TEXT NOT NULL
    CONSTRAINT conversation_id_is_a_lower_case_uuid CHECK (
      conversation_id GLOB '????????-????-????-????-????????????'
      AND conversation_id NOT GLOB '*[^0-9a-f-]*'
      AND length(replace(conversation_id, '-', '')) = 32
    ),
  session_id TEXT,
  outcome TEXT NOT NULL
    CONSTRAINT outcome_is_known CHECK (outcome IN (
      'closed', 'already_closed', 'not_found', 'kept', 'would_close',
      'unconfirmed', 'failed', 'expired', 'not_attempted'
    )),
  reason TEXT,
  detail TEXT,
  -- schedule, cli, csv:FILE#LINE or webhook:EVENT.
  origin TEXT NOT NULL,
  remote_status TEXT NOT NULL
    CONSTRAINT remote_status_is_known CHECK (remote_status IN ('active', 'closed', 'abandoned', 'unknown')),
  remote_last_activity_at TEXT
    CONSTRAINT remote_last_activity_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', remote_last_activity_at) IS remote_last_activity_at
    ),
  idle_seconds INTEGER,
  queue_id TEXT,
  agent_connected INTEGER CONSTRAINT agent_connected_is_0_or_1 CHECK (agent_connected IN (0, 1)),
  http_status INTEGER,
  error_code TEXT,
  correlation_id TEXT,
  requests INTEGER NOT NULL,
  decided_at TEXT NOT NULL
    CONSTRAINT decided_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', decided_at) IS decided_at
    ),
  closed_at TEXT
    CONSTRAINT closed_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', closed_at) IS closed_at
    ),
  CONSTRAINT one_outcome_for_each_conversation_of_a_run UNIQUE (run_id, conversation_id)
) STRICT;

CREATE INDEX outcomes_by_conversation ON outcomes (conversation_id);
CREATE INDEX outcomes_by_time ON outcomes (decided_at);

CREATE TRIGGER outcomes_are_never_updated BEFORE UPDATE ON outcomes
BEGIN
  SELECT RAISE(ABORT, 'outcomes are never updated');
END;

-- "About to close", with everything that the outcome will need should we die before it is known.
CREATE TABLE intents (
  conversation_id TEXT NOT NULL PRIMARY KEY
    CONSTRAINT conversation_id_is_a_lower_case_uuid CHECK (
      conversation_id GLOB '????????-????-????-????-????????????'
      AND conversation_id NOT GLOB '*[^0-9a-f-]*'
      AND length(replace(conversation_id, '-', '')) = 32
    ),
  session_id TEXT,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  intended_at TEXT NOT NULL
    CONSTRAINT intended_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', intended_at) IS intended_at
    ),
  reason TEXT NOT NULL
    CONSTRAINT reason_is_known CHECK (reason IN ('requested', 'stale_unanswered', 'stale')),
  detail TEXT,
  origin TEXT NOT NULL,
  request_id INTEGER,
  remote_status TEXT NOT NULL
    CONSTRAINT remote_status_is_known CHECK (remote_status IN ('active', 'closed', 'abandoned', 'unknown')),
  remote_last_activity_at TEXT
    CONSTRAINT remote_last_activity_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', remote_last_activity_at) IS remote_last_activity_at
    ),
  idle_seconds INTEGER,
  queue_id TEXT,
  agent_connected INTEGER CONSTRAINT agent_connected_is_0_or_1 CHECK (agent_connected IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Somebody asked for this conversation to be closed; it need not be in `mappings`.
CREATE TABLE close_requests (
  id INTEGER PRIMARY KEY,
  conversation_id TEXT NOT NULL
    CONSTRAINT conversation_id_is_a_lower_case_uuid CHECK (
      conversation_id GLOB '????????-????-????-????-????????????'
      AND conversation_id NOT GLOB '*[^0-9a-f-]*'
      AND length(replace(conversation_id, '-', '')) = 32
    ),
  reason TEXT,
  origin TEXT NOT NULL,
  force INTEGER NOT NULL DEFAULT 0 CONSTRAINT force_is_0_or_1 CHECK (force IN (0, 1)),
  requested_at TEXT NOT NULL
    CONSTRAINT requested_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', requested_at) IS requested_at
    ),
  settled_at TEXT
    CONSTRAINT settled_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', settled_at) IS settled_at
    ),
  outcome TEXT
    CONSTRAINT outcome_is_known CHECK (outcome IN (
      'closed', 'already_closed', 'not_found', 'kept', 'would_close',
      'unconfirmed', 'failed', 'expired', 'not_attempted'
    )),
  CONSTRAINT a_request_is_settled_with_an_outcome CHECK ((settled_at IS NULL) = (outcome IS NULL))
) STRICT;

CREATE UNIQUE INDEX one_pending_request_for_each_conversation ON close_requests (conversation_id)
  WHERE settled_at IS NULL;
CREATE INDEX close_requests_pending ON close_requests (id) WHERE settled_at IS NULL;
CREATE INDEX close_requests_by_conversation ON close_requests (conversation_id);

CREATE TABLE imports (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL
    CONSTRAINT kind_is_known CHECK (kind IN ('mapping', 'closes')),
  file TEXT NOT NULL,
  started_at TEXT NOT NULL
    CONSTRAINT started_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', started_at) IS started_at
    ),
  finished_at TEXT
    CONSTRAINT finished_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', finished_at) IS finished_at
    ),
  -- Of the file's content.
  sha256 TEXT,
  counts TEXT CONSTRAINT counts_is_json CHECK (json_valid(counts)),
  CONSTRAINT a_finished_import_has_sha256_and_counts CHECK (
    (finished_at IS NULL) = (sha256 IS NULL) AND (finished_at IS NULL) = (counts IS NULL)
  )
) STRICT;

CREATE INDEX imports_by_content ON imports (kind, sha256);

CREATE TABLE import_rejects (
  id INTEGER PRIMARY KEY,
  import_id INTEGER NOT NULL REFERENCES imports (id),
  line INTEGER NOT NULL CONSTRAINT line_counts_from_1 CHECK (line >= 1),
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  raw TEXT NOT NULL
) STRICT;

CREATE INDEX import_rejects_by_import ON import_rejects (import_id);
