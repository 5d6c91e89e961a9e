import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refill } from '../nights.ts';
import { contentOf, judgeCopy, tablesOf } from './copies.ts';
import { expectThat, type SetScene } from './scene.ts';

const ROOT = join(import.meta.dirname, '../../..');
const ROWS = 5_000;

/** Touches every row, adds to a table, and makes a new one. */
const STEP = `
  CREATE TABLE tomorrow (id INTEGER PRIMARY KEY) STRICT;
  ALTER TABLE mappings ADD COLUMN tomorrow TEXT;
  UPDATE mappings SET tomorrow = session_id;
`;

/** The built program as it may be after an upgrade: with one migration more. Returns the path of its bin. */
export function programOfTomorrow(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const part of ['dist', 'migrations', 'package.json']) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const number = String(readdirSync(join(folder, 'migrations')).length + 1).padStart(4, '0');
  writeFileSync(join(folder, 'migrations', `${number}_tomorrow.sql`), STEP);
  return join(folder, 'dist/cli/bin.js');
}

/** An upgrade: the old schema or the new one, never between, and everything that was there before. */
export const migrate: SetScene = (world) => {
  const { place } = world;
  if (place.program !== world.programOfTomorrow) {
    refill(world);
    world.fill(ROWS);
    place.program = world.programOfTomorrow;
  }
  const version = (): number => place.query('PRAGMA user_version')[0].user_version;
  const isNew = () => tablesOf(place.database).some(({ name }) => name === 'tomorrow');
  const backups = () => readdirSync(place.dir).filter((name) => /\.backup-v[\dT.-]+Z$/.test(name));
  const [before, wasNew, tables, earlier] = [version(), isNew(), tablesOf(place.database), backups()];
  const content = contentOf(place.database, tables);
  const made = () => backups().filter((name) => !earlier.includes(name));
  return {
    argv: ['db', 'migrate'],
    check: () => [
      ...expectThat(
        version() === before + (isNew() && !wasNew ? 1 : 0),
        `schema ${version()}, ${isNew() ? 'with' : 'without'} what the migration adds`,
      ),
      ...expectThat(
        contentOf(place.database, tables) === content,
        'the migration has changed what was there',
      ),
      ...expectThat(wasNew || !isNew() || made().length > 0, 'it was migrated without a backup'),
      ...made().flatMap((name) => judgeCopy(join(place.dir, name), tables, content)),
    ],
    // Whatever writes to it next brings it up to date.
    makeGood: async () => [],
  };
};
