-- What could not be closed three nights running is not tried by policy before this; NULL: as usual. We write it.
ALTER TABLE mappings ADD COLUMN rests_until TEXT
  CONSTRAINT rests_until_is_utc_with_milliseconds CHECK (
    strftime('%Y-%m-%dT%H:%M:%fZ', rests_until) IS rests_until
  );

CREATE INDEX mappings_resting ON mappings (rests_until) WHERE rests_until IS NOT NULL;
