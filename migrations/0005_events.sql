-- What Genesys has told us happened to a conversation. Never what was said in it.
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  -- By which the same event is known again when it is sent again.
  identity TEXT NOT NULL
    CONSTRAINT identity_is_not_empty CHECK (trim(identity) <> '')
    CONSTRAINT one_event_for_each_identity UNIQUE,
  name TEXT NOT NULL CONSTRAINT name_is_not_empty CHECK (trim(name) <> ''),
  -- close_now: it is to be closed. settle: it is only to be looked at, and recorded when it has ended.
  kind TEXT NOT NULL CONSTRAINT kind_is_known CHECK (kind IN ('close_now', 'settle')),
  conversation_id TEXT NOT NULL
    CONSTRAINT conversation_id_is_a_lower_case_uuid CHECK (
      conversation_id GLOB '????????-????-????-????-????????????'
      AND conversation_id NOT GLOB '*[^0-9a-f-]*'
      AND length(replace(conversation_id, '-', '')) = 32
    ),
  event_at TEXT NOT NULL
    CONSTRAINT event_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', event_at) IS event_at
    ),
  received_at TEXT NOT NULL
    CONSTRAINT received_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', received_at) IS received_at
    ),
  -- The close request that it made, or found pending; whoever takes that back deletes its row.
  request_id INTEGER,
  -- How often it was taken up in vain, and when it is due.
  attempts INTEGER NOT NULL DEFAULT 0 CONSTRAINT attempts_are_not_negative CHECK (attempts >= 0),
  due_at TEXT NOT NULL
    CONSTRAINT due_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', due_at) IS due_at
    ),
  settled_at TEXT
    CONSTRAINT settled_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', settled_at) IS settled_at
    ),
  outcome TEXT
    CONSTRAINT outcome_is_known CHECK (outcome IN (
      'closed', 'already_closed', 'not_found', 'kept', 'expired',
      'taken_back', 'still_active', 'not_mapped', 'given_up'
    )),
  CONSTRAINT only_what_is_to_be_closed_has_a_request CHECK ((kind = 'close_now') = (request_id IS NOT NULL)),
  CONSTRAINT an_event_is_settled_with_an_outcome CHECK ((settled_at IS NULL) = (outcome IS NULL))
) STRICT;

CREATE INDEX events_pending ON events (due_at, id) WHERE settled_at IS NULL;
CREATE INDEX events_settled ON events (settled_at) WHERE settled_at IS NOT NULL;
