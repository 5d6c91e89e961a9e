-- What is left of old outcomes when `db prune` has removed them: how many there were, by quarter hour, since every
-- time zone's days and hours begin at one. Reports count these like the outcomes themselves.
CREATE TABLE outcome_summaries (
  id INTEGER PRIMARY KEY,
  slot_at TEXT NOT NULL
    CONSTRAINT slot_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', slot_at) IS slot_at
    )
    CONSTRAINT slot_at_is_a_quarter_hour CHECK (
      substr(slot_at, 15) IN ('00:00.000Z', '15:00.000Z', '30:00.000Z', '45:00.000Z')
    ),
  run_id INTEGER NOT NULL REFERENCES runs (id),
  outcome TEXT NOT NULL
    CONSTRAINT outcome_is_known CHECK (outcome IN (
      'closed', 'already_closed', 'not_found', 'kept', 'would_close',
      'unconfirmed', 'failed', 'expired', 'not_attempted'
    )),
  reason TEXT,
  queue_id TEXT,
  -- As in outcomes, but a list without its lines: csv:FILE.
  origin TEXT NOT NULL,
  n INTEGER NOT NULL CONSTRAINT n_counts_from_1 CHECK (n >= 1),
  -- HTTP attempts spent on all of them.
  requests INTEGER NOT NULL CONSTRAINT requests_are_not_negative CHECK (requests >= 0)
) STRICT;

-- One row for each group, whose NULLs are values like any other: two of them are the same.
CREATE UNIQUE INDEX one_summary_for_each_group ON outcome_summaries (
  slot_at, run_id, outcome, json_quote(reason), json_quote(queue_id), origin
);
CREATE INDEX outcome_summaries_by_time ON outcome_summaries (slot_at);
