/**
 * Preloaded into the program under test (`node --import`): kills it from within at the nth time that it comes to a
 * named step. The steps are told from what leaves the program, SQL and HTTP, so it needs to know nothing of this.
 *
 * `CRASH_AT` is `{"step": "intent: after commit", "nth": 1, "afterMs": 0}`; with `afterMs` another thread kills so much
 * later, which is the only way to die within one call into SQLite.
 */
import diagnostics from 'node:diagnostics_channel';
import { isMainThread, Worker } from 'node:worker_threads';
import Database from '../../dist/store/sqlite.js';

/** What a statement within a transaction says the transaction is about. */
const STATEMENTS = [
  [/^INSERT INTO runs/, 'run begun'],
  [/^UPDATE runs .*exit_code/s, 'run finished'],
  [/^UPDATE runs/, 'dead run marked'],
  [/^INSERT INTO intents/, 'intent'],
  [/^INSERT INTO outcomes/, 'outcome'],
  [/^DELETE FROM intents/, 'withdrawal'],
  [/^INSERT INTO mappings/, 'mappings'],
  [/^(INSERT INTO|UPDATE) close_requests .*requested_at/s, 'requests'],
  [/^INSERT INTO events/, 'event'],
  [/^UPDATE events SET settled_at/, 'event settled'],
  [/^UPDATE imports/, 'import finished'],
  [/^UPDATE mappings SET hold_until/, 'hold'],
];

/** How each is announced over HTTP: the channel, and the moment it stands for. */
const MOMENTS = [
  ['undici:client:sendHeaders', 'being sent'],
  ['undici:request:bodySent', 'sent'],
  ['undici:request:headers', 'reply begun'],
  ['undici:request:trailers', 'reply complete'],
];

if (isMainThread && process.env.CRASH_AT !== undefined) await set(JSON.parse(process.env.CRASH_AT));

async function set({ step, nth, afterMs }) {
  const die = afterMs === undefined ? dieNow : await dieLater(afterMs);
  let seen = 0;
  const reach = (name) => {
    if (name === step && ++seen === nth) die();
  };
  watchDatabase(reach);
  watchHttp(reach);
}

function dieNow() {
  process.kill(process.pid, 'SIGKILL');
  // Not one instruction of the program may follow.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

async function dieLater(ms) {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { flag, ms } = require('node:worker_threads').workerData;
     Atomics.wait(flag, 0, 0);
     Atomics.wait(flag, 0, 1, ms);
     process.kill(process.pid, 'SIGKILL');`,
    { eval: true, workerData: { flag, ms }, execArgv: [] },
  );
  await new Promise((resolve) => worker.once('online', resolve));
  worker.unref();
  return () => {
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
  };
}

/** Ids that the program asked about because of an intent, and those it has sent a close for. */
const recovering = new Set();
const closing = new Set();

function watchDatabase(reach) {
  const statements = Object.getPrototypeOf(new Database(':memory:').prepare('SELECT 1'));
  const { run, all } = statements;
  const { exec } = Database.prototype;
  /** What the transaction in progress is about; null: there is none. */
  let about = null;

  function note(kind) {
    if (about === null) return;
    const more = kind === 'outcome' && about === 'outcome' ? 'outcomes in bulk' : null;
    // An outcome takes its intent with it: that is no withdrawal.
    about = more ?? (about === 'nothing' ? kind : about);
    reach(`${about}: inside`);
  }

  statements.run = function (...params) {
    const sql = this.source.trim();
    if (sql === 'COMMIT' && about !== null) {
      const kind = about;
      about = null;
      reach(`${kind}: before commit`);
      const result = run.apply(this, params);
      reach(`${kind}: after commit`);
      return result;
    }
    if (sql.startsWith('VACUUM INTO')) {
      reach('copy: begun');
      const result = run.apply(this, params);
      reach('copy: complete');
      return result;
    }
    const result = run.apply(this, params);
    if (sql === 'BEGIN IMMEDIATE') about = 'nothing';
    if (sql === 'ROLLBACK') about = null;
    const kind = STATEMENTS.find(([pattern]) => pattern.test(sql))?.[1];
    if (kind !== undefined) note(kind === 'outcome' && isRecovered(params[0]) ? 'recovered outcome' : kind);
    return result;
  };
  statements.all = function (...params) {
    const rows = all.apply(this, params);
    if (this.source.startsWith('SELECT * FROM intents')) {
      for (const row of rows) recovering.add(row.conversation_id);
    }
    return rows;
  };
  Database.prototype.exec = function (sql) {
    const result = exec.call(this, sql);
    if (/CREATE TABLE|ALTER TABLE/.test(sql)) note('schema');
    return result;
  };
}

function isRecovered(params) {
  return typeof params?.detail === 'string' && params.detail.startsWith('recovered');
}

function watchHttp(reach) {
  for (const [channel, moment] of MOMENTS) {
    diagnostics.subscribe(channel, ({ request }) => {
      const kind = kindOf(request);
      if (kind !== null) reach(`${kind}: ${moment}`);
    });
  }
}

function kindOf({ method, path }) {
  if (path.includes('/oauth/token')) return 'token';
  if (path.includes('/analytics/')) return 'survey';
  const [id] = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(path) ?? [null];
  if (id === null) return null;
  if (method === 'PATCH') {
    closing.add(id);
    return 'close';
  }
  if (closing.has(id)) return 'verification';
  return recovering.has(id) ? 'recovery' : 'read';
}
