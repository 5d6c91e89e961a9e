import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run, TSX } from './measure.ts';
import { writeMapping } from './scale.ts';

const BIN = resolve(import.meta.dirname, '../dist/cli/bin.js');
const BARE = resolve(import.meta.dirname, 'programs/bare-import.ts');

export interface ImportResult {
  readonly rows: number;
  readonly rowsPerSecond: number;
  readonly bareRowsPerSecond: number;
  readonly rssMb: number;
}

/** `import mapping` against a bare csv-parse + better-sqlite3 loop over the same file, into the same table. */
export async function measureImport({
  folder,
  rows,
  say,
}: {
  folder: string;
  rows: number;
  say: (text: string) => void;
}): Promise<ImportResult> {
  say(`import: ${rows} rows …`);
  const place = join(folder, 'import');
  mkdirSync(place);
  await writeMapping(join(place, 'mapping.csv'), rows);
  await run(process.execPath, [BIN, 'db', 'migrate', '--db', 'bare.db', '--quiet'], {}, place);
  const bare = await run(process.execPath, [...TSX, BARE, 'mapping.csv', 'bare.db'], {}, place);
  const ours = await run(
    process.execPath,
    [BIN, 'import', 'mapping', 'mapping.csv', '--db', 'ours.db', '--quiet'],
    {},
    place,
  );
  if (bare.exitCode !== 0 || ours.exitCode !== 0) throw new Error('an import failed');
  return {
    rows,
    rowsPerSecond: (rows * 1_000) / ours.wallMs,
    bareRowsPerSecond: (rows * 1_000) / bare.wallMs,
    rssMb: ours.rssMb,
  };
}
