import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import Database from '../../src/store/sqlite.ts';
import { openPlace, type Place } from './place.ts';
import { everything, mappingOf, stale } from './world.ts';

/** What was typed, the exit code, and what the one sentence on stderr says. */
type Case = readonly [argv: string, code: number, says: string];

const TYPED: readonly Case[] = [
  ['swep', 2, 'There is no command "swep" (did you mean sweep?)'],
  ['--json', 2, 'nightsweep needs a command'],
  ['sweep --limt 5', 2, 'sweep has no flag --limt (did you mean --limit?)'],
  ['sweep --dry-run=maybe', 2, '--dry-run takes no value'],
  ['sweep --limit', 2, '--limit has no value'],
  ['runs 99', 2, 'There is no run 99'],
  ['import mapping none.csv', 2, 'The file none.csv cannot be read (ENOENT)'],
  ['import mapping empty.csv', 2, 'empty.csv is empty'],
  ['sweep --db none.db', 9, 'There is no database at'],
  ['sweep --db text.db', 9, 'is not a nightsweep database'],
  ['sweep --db newer.db', 9, 'was written by a newer nightsweep'],
];

describe('something that cannot be done is answered with one sentence and the right exit code', () => {
  let place: Place;
  let before: unknown;
  beforeAll(async () => {
    place = await openPlace({ conversations: stale(2) });
    place.file('mapping.csv', mappingOf(2));
    place.file('empty.csv', '');
    place.file('text.db', 'this is no database\n'.repeat(100));
    await place.runHere('import', 'mapping', 'mapping.csv');
    await place.runHere('db', 'migrate', '--db', 'newer.db');
    const newer = new Database(join(place.dir, 'newer.db'));
    newer.pragma('user_version = 99');
    newer.close();
    before = everything(place);
  });
  afterAll(() => place.leave());

  it.each(TYPED)('nightsweep %s: %i', async (typed, code, says) => {
    const ended = await place.runHere(...typed.split(' '));
    expect(ended.stderr).toContain(says);
    demandOneSentence(ended.stderr);
    expect(ended.code).toBe(code);
    if (!typed.includes('--json')) expect(ended.stdout).toBe('');
    expect(everything(place), 'nothing has changed').toEqual(before);
    expect(place.simulator.log, 'nothing was asked of Genesys').toEqual([]);
    expect(existsSync(join(place.dir, 'none.db'))).toBe(false);
  });
});

function demandOneSentence(stderr: string): void {
  expect(stderr).toMatch(/^nightsweep: [^\n]+\.\n$/);
}
