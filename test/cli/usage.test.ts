import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import Database from '../../src/store/sqlite.ts';
import { idOf, mappingOf } from '../e2e/world.ts';
import { runMain } from './running.ts';

/** What was typed, the exit code, and what the one sentence on stderr says. */
type Case = readonly [argv: string, code: number, says: string];

const ID = idOf(1);

const TYPED: readonly Case[] = [
  ['swep', 2, 'There is no command "swep" (did you mean sweep?)'],
  ['nonsense', 2, 'There is no command "nonsense"; see nightsweep --help.'],
  ['--json', 2, 'nightsweep needs a command'],
  ['import', 2, 'import needs a command, one of mapping, closes'],
  ['import mappin x.csv', 2, 'There is no command "import mappin" (did you mean mapping?)'],
  ['db chek', 2, '(did you mean check?)'],
  ['sweep --limt 5', 2, 'sweep has no flag --limt (did you mean --limit?)'],
  [
    'serve --cron 1',
    2,
    'serve has no flag --cron; schedule.cron is a setting: give it in nightsweep.yaml or as NIGHTSWEEP_SCHEDULE_CRON; see',
  ],
  ['serve --schedule-cron 1', 2, 'or as NIGHTSWEEP_SCHEDULE_CRON; see'],
  ['schedule --jiter 1m', 2, 'or as NIGHTSWEEP_SCHEDULE_JITTER; see'],
  ['schedule --timezone UTC', 2, 'or as NIGHTSWEEP_SCHEDULE_TIME_ZONE; see'],
  ['schedule --time-zone UTC', 2, 'or as NIGHTSWEEP_SCHEDULE_TIME_ZONE; see'],
  ['schedule --catch-up', 2, 'or as NIGHTSWEEP_SCHEDULE_CATCH_UP; see'],
  ['sweep --stale-aftr 1h', 2, 'sweep has no flag --stale-aftr (did you mean --stale-after?)'],
  ['serve --croon 1', 2, 'or as NIGHTSWEEP_SCHEDULE_CRON; see'],
  ['sweep -x', 2, 'sweep has no flag -x'],
  ['sweep --survey', 2, 'sweep has no flag --survey (did you mean --no-survey?)'],
  ['sweep --no-dry-run', 2, 'sweep has no flag --no-dry-run'],
  ['sweep --dry-run=maybe', 2, '--dry-run takes no value'],
  ['sweep --dry-run=false', 2, '--dry-run takes no value'],
  ['sweep --dry-run false', 2, '--dry-run takes no value'],
  ['sweep --dry-run maybe', 2, 'sweep does not know what to do with "maybe"'],
  ['sweep --dry-run --dry-run', 2, '--dry-run is given twice'],
  ['sweep --limit 5 --limit 6', 2, '--limit is given twice'],
  ['sweep --stale-after 1h --stale-after 2h', 2, '--stale-after is given twice'],
  ['sweep --limit abc', 2, '--limit cannot be "abc"; give a whole number from 1'],
  ['sweep --limit 0', 2, '--limit cannot be "0"'],
  ['sweep --limit', 2, '--limit has no value; give one, such as --limit 2'],
  ['schedule --next', 2, '--next has no value; give one, such as --next 5.'],
  ['schedule --cron', 2, '--cron has no value; give one, such as --cron "30 2 * * *".'],
  ['report --by', 2, '--by has no value; give day, '],
  ['serve --host', 2, '--host has no value; give one, such as --host 127.0.0.1.'],
  ['sweep --limit=', 2, '--limit has no value'],
  ['sweep --db', 2, 'db has no value'],
  ['sweep --stale-after -1h', 2, 'sweep has no flag -1'],
  ['sweep --dry-run --out nowhere/x.csv', 2, 'The folder of nowhere/x.csv does not exist'],
  ['report --out nowhere/x.csv', 2, 'The folder of nowhere/x.csv does not exist'],
  ['db backup nowhere/b.db', 2, 'The folder of nowhere/b.db does not exist'],
  ['simulate --missing-permission foo', 2, 'give one of conversation:communication:view'],
  ['sweep --stale-after 24', 2, 'did you mean 24h?'],
  ['sweep --max-closes lots', 2, 'or unlimited'],
  ['sweep --rate 0', 2, 'a whole number from 1'],
  ['sweep --api gatway', 2, 'did you mean gateway?'],
  ['sweep surplus', 2, 'sweep does not know what to do with "surplus"'],
  ['sweep --out list.csv', 2, '--out goes with --dry-run'],
  ['sweep --dry-run --out mapping.csv', 2, 'mapping.csv exists already'],
  ['sweep --config none.yaml', 2, 'The settings file none.yaml (from --config) does not exist'],
  ['discover --queue orders', 2, '--queue cannot be "orders"; give an id, a UUID'],
  [`discover --user ${ID} --user me`, 2, '--user cannot be "me"'],
  ['discover --since yesterday', 2, '--since "yesterday" is neither'],
  ['discover --since 12h', 2, '--since 12h is not before staleAfter (1d) ago'],
  ['discover --missing --since 5m', 2, '--since 5m is not before surveyLag (30m) ago'],
  ['discover --since 2999-01-01 --until 2999-01-02', 2, 'lies more than a year ahead'],
  ['discover --limit 0', 2, '--limit cannot be "0"'],
  ['discover --out mapping.csv', 2, 'mapping.csv exists already'],
  ['discover --missing --import', 2, '--import does not go with --missing'],
  [`discover --missing --queue ${ID}`, 2, '--queue does not go with --missing'],
  ['discover --verify', 2, '--verify goes with --missing'],
  ['discover --api gateway', 2, 'The gateway contract has no analytics'],
  ['discover --db none.db', 9, 'There is no database at'],
  ['close', 2, 'close needs conversation ids or --session'],
  ['close 12345', 2, '"12345" is not a conversation id'],
  [`close ${ID} --reason`, 2, '--reason has no value'],
  ['close --session nobody', 2, 'No open conversation is mapped to the session nobody'],
  [`hold ${ID}`, 2, 'hold needs either --for DURATION or --release'],
  [`hold ${ID} --for 7`, 2, 'did you mean 7d?'],
  [`hold ${ID} --for 0d`, 2, '--for 0 holds nothing; give a time such as 7d, or --release.'],
  [`hold ${ID} --for 1d --release`, 2, 'hold needs either'],
  ['hold --for 7d', 2, 'hold needs conversation ids'],
  ['explain', 2, 'explain needs'],
  [
    'explain --session nobody',
    2,
    'No conversation is mapped to the session nobody; explain the conversation by its id',
  ],
  [`explain ${ID} --session x`, 2, 'explain needs one conversation id, or --session SESSION_ID instead.'],
  ['explain 12345', 2, '"12345" is not a conversation id'],
  ['runs abc', 2, '"abc" is not the number of a run'],
  ['runs 99', 2, 'There is no run 99'],
  ['report --by colour', 2, '--by cannot be "colour"; give day, hour'],
  ['report --what-if stale-aftr=12h', 2, 'did you mean stale-after?'],
  ['report --what-if stale-after=12h --by day', 2, '--by does not go with --what-if'],
  ['report --what-if stale-after=12h --format csv', 2, '--format cannot be "csv"; give table, json'],
  ['report --format xml', 2, '--format cannot be "xml"'],
  ['report --bom', 2, '--bom is for a CSV, not for table'],
  ['report --since yesterday', 2, '--since "yesterday" is neither'],
  ['report --since 2026-01-02 --until 2026-01-01', 2, 'is not before --until'],
  ['report --time-zone Mars/Base', 2, '"Mars/Base" is not a known time zone'],
  ['import mapping', 2, 'import mapping needs a CSV file'],
  ['import mapping none.csv', 2, 'The file none.csv cannot be read (ENOENT)'],
  ['import mapping empty.csv', 2, 'empty.csv is empty'],
  ['import mapping semicolons.csv --delimiter ,', 2, "leave --delimiter out, or give --delimiter ';'"],
  ['import mapping mapping.csv --delimiter x', 2, '--delimiter cannot be "x"; give auto, tab, or'],
  ['import mapping mapping.csv --delimiter', 2, '--delimiter has no value'],
  ['import mapping mapping.csv --map', 2, '--map has no value'],
  ['import mapping mapping.csv --map user_id', 2, '--map cannot be "user_id"; give one of session_id'],
  ['import mapping mapping.csv --map usr_id=a', 2, 'no column "usr_id" (did you mean user_id?)'],
  ['import mapping mapping.csv --map user_id=a,user_id=b', 2, 'gives user_id two headers, "a" and "b"'],
  ['import mapping mapping.csv --map user_id=Who', 2, 'has no column "Who", which --map gives for user_id'],
  ['import mapping mapping.csv --rejects nowhere/x.csv', 2, 'The folder of nowhere/x.csv does not exist'],
  ['import mapping mapping.csv --rejects mapping.csv', 2, 'mapping.csv exists already'],
  ['import mapping mapping.csv --rejects nightsweep.db', 2, 'nightsweep.db exists already'],
  ['import mapping mapping.csv --db none.db --rejects none.db', 2, 'none.db is the database'],
  ['import mapping mapping.csv --db none.db --rejects none.db-wal', 2, 'belongs to the database'],
  ['import mapping mapping.csv --dry-run=no', 2, '--dry-run takes no value'],
  ['import closes list.csv --dry-run --now', 2, '--dry-run writes nothing and --now closes'],
  ['import closes list.csv --map reason=Why', 2, 'list.csv has no header'],
  ['import mapping .', 2, '. is a directory'],
  ['import closes list.csv --results done.csv', 2, '--results goes with --now'],
  ['import closes list.csv --now --results mapping.csv', 2, 'mapping.csv exists already'],
  ['db backup mapping.csv', 9, 'is already there and is not overwritten'],
  ['sweep --db none.db', 9, 'There is no database at'],
  [`close ${ID} --db none.db`, 9, 'There is no database at'],
  ['report --db none.db', 9, 'There is no database at'],
  ['sweep --db text.db', 9, 'is not a nightsweep database'],
  ['sweep --db folder', 9, 'is not a file'],
  ['import mapping mapping.csv --db folder', 9, 'is not a file'],
  ['sweep --db newer.db', 9, 'was written by a newer nightsweep'],
  ['report --db newer.db', 9, 'was written by a newer nightsweep'],
  ['sweep --db foreign.db', 9, 'is a database of another program'],
];

/** Nothing listens there, and nobody must ask. */
const ENV = {
  GENESYS_API_URL: 'http://127.0.0.1:1',
  GENESYS_LOGIN_URL: 'http://127.0.0.1:1',
  GENESYS_CLIENT_ID: 'client',
  GENESYS_CLIENT_SECRET: 'secret',
  NIGHTSWEEP_DB: 'nightsweep.db',
};

describe('something that cannot be done is answered with one sentence and the right exit code', () => {
  const dir = mkdtempSync(join(tmpdir(), 'nightsweep-cli-'));
  const at = (name: string) => join(dir, name);
  const run = (words: readonly string[]) => runMain(words, { cwd: dir, env: ENV });
  let before: unknown;
  beforeAll(async () => {
    writeFileSync(at('mapping.csv'), mappingOf(2));
    writeFileSync(at('list.csv'), `${ID}\n`);
    writeFileSync(at('empty.csv'), '');
    writeFileSync(at('semicolons.csv'), mappingOf(2).replaceAll(',', ';'));
    writeFileSync(at('text.db'), 'this is no database\n'.repeat(100));
    mkdirSync(at('folder'));
    await run(['import', 'mapping', 'mapping.csv']);
    await run(['db', 'migrate', '--db', 'newer.db']);
    write('newer.db', 'PRAGMA user_version = 99');
    write('foreign.db', 'CREATE TABLE cats (name TEXT)');
    before = rows();
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  function write(file: string, sql: string): void {
    const db = new Database(at(file));
    db.exec(sql);
    db.close();
  }
  function rows(): unknown {
    const db = new Database(at('nightsweep.db'), { readonly: true });
    const tables = ['mappings', 'runs', 'outcomes', 'intents', 'close_requests', 'imports', 'import_rejects'];
    const all = tables.map((table) => db.prepare(`SELECT * FROM ${table}`).all());
    db.close();
    return all;
  }

  it.each(TYPED)('nightsweep %s: %i', async (typed, code, says) => {
    const ended = await run(typed.split(' '));
    expect(ended.stderr).toContain(says);
    expect(ended.stderr).toMatch(/^nightsweep: [^\n]+\.\n$/);
    expect(ended.code).toBe(code);
    expect(ended.stdout).toMatch(typed.includes('--json') ? /^\{.+\}\n$/ : /^$/);
    expect(rows(), 'nothing has changed').toEqual(before);
    expect(existsSync(at('none.db')), 'a typo creates no database').toBe(false);
  });
});
