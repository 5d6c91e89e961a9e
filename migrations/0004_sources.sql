-- A database of the user's application that the mapping is kept in step with, and how far it has been read.
CREATE TABLE sources (
  -- Where the file is.
  path TEXT NOT NULL PRIMARY KEY,
  -- Which file was there, and what it was asked: with another file or query everything is read again.
  file_identity TEXT NOT NULL,
  query_sha256 TEXT NOT NULL,
  -- The newest change that was seen; NULL: everything is read each time.
  cursor TEXT
    CONSTRAINT cursor_is_utc_with_milliseconds CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', cursor) IS cursor),
  synced_at TEXT NOT NULL
    CONSTRAINT synced_at_is_utc_with_milliseconds CHECK (
      strftime('%Y-%m-%dT%H:%M:%fZ', synced_at) IS synced_at
    )
) STRICT, WITHOUT ROWID;
