import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/domain/errors.ts';
import { asDatabaseError } from '../../src/store/sql-errors.ts';
import Database from '../../src/store/sqlite.ts';

describe('an error of SQLite', () => {
  it.each([
    ['SQLITE_FULL', 'There is no space left for the database a.db'],
    ['SQLITE_IOERR_SHMSIZE', 'There is no space left for the database a.db'],
    ['SQLITE_READONLY', 'The database a.db cannot be written'],
    ['SQLITE_READONLY_DBMOVED', 'The database a.db cannot be written'],
    ['SQLITE_BUSY', 'Another program keeps the database a.db locked'],
    ['SQLITE_BUSY_SNAPSHOT', 'Another program keeps the database a.db locked'],
    ['SQLITE_CANTOPEN', 'The database a.db cannot be opened'],
    ['SQLITE_NOTADB', 'The file a.db is not a nightsweep database'],
    ['SQLITE_CORRUPT', 'The database a.db is damaged'],
    ['SQLITE_CORRUPT_INDEX', 'The database a.db is damaged'],
    ['SQLITE_IOERR_WRITE', 'The disk failed under the database a.db (its words)'],
    ['SQLITE_CONSTRAINT_CHECK', 'The database a.db refused a row (its words)'],
    ['SQLITE_NOMEM', 'The database a.db could not be used (its words, SQLITE_NOMEM)'],
  ])('%s becomes a sentence that ends with what to do', (code, start) => {
    const cause = new Database.SqliteError('its words', code);
    const error = asDatabaseError('a.db', cause) as DatabaseError;
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error.message.startsWith(start)).toBe(true);
    expect(error.message).toMatch(/; .+\.$/);
    expect(error.cause).toBe(cause);
  });

  it.each([new TypeError('a bug'), 'a string', undefined])('and %s is left as it is', (thrown) => {
    expect(asDatabaseError('a.db', thrown)).toBe(thrown);
  });
});
