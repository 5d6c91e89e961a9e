/**
 * Where no small disk can be mounted: `node --import` this, and while the file that FULL_WHILE names is there, SQLite
 * has no page left for whatever is written.
 */
import { existsSync } from 'node:fs';
import Database from '../../../dist/store/sqlite.js';

const { transaction, prepare } = Database.prototype;

function demandRoom() {
  if (!existsSync(process.env.FULL_WHILE)) return;
  throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
}

Database.prototype.transaction = function (fn) {
  const whole = transaction.call(this, (...args) => {
    const result = fn(...args);
    demandRoom();
    return result;
  });
  // Reading needs no room.
  return { immediate: whole.immediate, deferred: transaction.call(this, fn).deferred };
};

Database.prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql);
  if (!sql.startsWith('VACUUM')) return statement;
  const { run } = statement;
  return Object.assign(statement, {
    run: (...args) => {
      demandRoom();
      return run.apply(statement, args);
    },
  });
};
