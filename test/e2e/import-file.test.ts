import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aPlace, type Place } from './place.ts';
import { everything, HEADER, idOf, mappingOf, row } from './world.ts';

const COUNT = 'SELECT count(*) AS n FROM mappings';
const BROKEN = `${[HEADER, row(1), 'web-2,nope,2026-01-01T00:00:00Z,,', `"web"-3,${idOf(3)},,,`].join('\n')}\n`;

/** Resolves when the child has got so far; there is nothing else to be told by. */
async function until(gotSoFar: () => boolean): Promise<void> {
  while (!gotSoFar()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function hasRows(place: Place): boolean {
  try {
    return place.query(COUNT)[0].n > 0;
  } catch {
    return false;
  }
}

describe('an import that is interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'by %s while it waits for more to come keeps what came, says so and exits %i',
    async (signal, code) => {
      const place = await aPlace();
      const child = place.start('import', 'mapping', '-');
      // The last row is not whole, and must not look like one.
      child.process.stdin.write(`${mappingOf(2_500)}web-1,${idOf(9_999)},2026-01-01`);
      await until(() => hasRows(place));
      child.process.kill(signal);
      const ended = await child.ended;
      expect(ended).toMatchObject({ code, signal: null });
      const [{ n }] = place.query(COUNT);
      expect(ended.stdout.replaceAll(/\s+/g, ' ')).toBe(
        `stdin: mapping with ${n} rows, ${n} taken. Interrupted after line ${n + 1}: what was taken is kept, and importing the file again goes on safely. `,
      );
      expect(place.query('SELECT finished_at FROM imports')).toEqual([{ finished_at: null }]);
      place.file('mapping.csv', mappingOf(2_500));
      const again = await place.runHere('import', 'mapping', 'mapping.csv', '--json');
      expect(again.json.counts).toMatchObject({ accepted: 2_500 - n, unchanged: n, rejected: 0 });
    },
  );

  it('before anything came ends at once, and has written nothing', async () => {
    const place = await aPlace();
    const child = place.start('import', 'mapping', '-');
    child.process.stdin.write('session_id,');
    await until(() => existsSync(place.database));
    child.process.kill('SIGINT');
    const { code, stderr } = await child.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('nightsweep: Interrupted; nothing of stdin was imported.');
    expect(place.query('SELECT * FROM imports')).toEqual([]);
  });
});

describe('--dry-run', () => {
  it('creates no database', async () => {
    const place = await aPlace();
    place.file('mapping.csv', BROKEN);
    const { code, json, stderr } = await place.runHere('import', 'mapping', 'mapping.csv', '-n', '--json');
    expect(code).toBe(3);
    expect(json).toMatchObject({ dryRun: true, import: { id: null }, counts: { accepted: 1, rejected: 2 } });
    expect(stderr).toContain('There is no database at');
    expect(readdirSync(place.dir)).toEqual(['mapping.csv']);
  });

  it('leaves the record as it is', async () => {
    const place = await aPlace();
    place.file('mapping.csv', mappingOf(2));
    place.file('closes.csv', `${idOf(1)}\n`);
    await place.runHere('import', 'mapping', 'mapping.csv');
    const before = everything(place);
    place.file('more.csv', mappingOf(3));
    const { code, stdout } = await place.runHere('import', 'mapping', 'more.csv', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('mapping with 3 rows, 1 would be taken, 2 already known. A dry run:');
    expect((await place.runHere('import', 'closes', 'closes.csv', '--dry-run')).code).toBe(0);
    expect(everything(place)).toEqual(before);
  });
});

describe('--rejects', () => {
  it('writes a private file that can be corrected and imported as it is', async () => {
    const place = await aPlace();
    place.file('mapping.csv', BROKEN.replaceAll(',', ';').replace('session_id', 'Sitzung'));
    const flags = ['--map', 'session_id=Sitzung', '--db', 'n.db'];
    const first = await place.runHere(
      'import',
      'mapping',
      'mapping.csv',
      ...flags,
      '--rejects',
      'bad file.csv',
    );
    expect(first.code).toBe(3);
    expect(first.stderr).toContain(
      "The rejected rows are in bad file.csv; correct them, then: nightsweep import mapping 'bad file.csv' --map session_id=Sitzung --db n.db",
    );
    const path = join(place.dir, 'bad file.csv');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(
      /^Sitzung,conversation_id,started_at,last_activity_at,user_id,line,code,message\r\n/,
    );

    const second = await place.runHere('import', 'mapping', 'bad file.csv', ...flags, '--json');
    expect(second.json.rejects.map(({ code }: { code: string }) => code)).toEqual([
      'invalid_id',
      'bad_quote',
    ]);
    place.file('bad file.csv', text.replace('nope', idOf(2)));
    const third = await place.runHere('import', 'mapping', 'bad file.csv', ...flags, '--json');
    expect(third.json.counts).toMatchObject({ rows: 2, accepted: 1, rejected: 1 });
  });

  it('writes nothing when there is nothing to write, and nothing over a file that is there', async () => {
    const place = await aPlace();
    place.file('mapping.csv', mappingOf(1));
    const { json } = await place.runHere(
      'import',
      'mapping',
      'mapping.csv',
      '--rejects',
      'bad.csv',
      '--json',
    );
    expect(json).toMatchObject({ rejectsFile: null, exitCode: 0 });
    expect(readdirSync(place.dir)).not.toContain('bad.csv');
    for (const taken of ['mapping.csv', 'nightsweep.db']) {
      const refused = await place.runHere('import', 'mapping', 'mapping.csv', '--rejects', taken);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('exists already') });
    }
    place.file('bad.csv.partial', mappingOf(1));
    const refused = await place.runHere('import', 'mapping', 'bad.csv.partial', '--rejects', 'bad.csv');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('the file to import') });
    expect(readFileSync(join(place.dir, 'bad.csv.partial'), 'utf8')).toBe(mappingOf(1));
  });

  it('of a list of closes works the same', async () => {
    const place = await aPlace();
    place.file('list.csv', `conversation_id\n${idOf(1)}\nnope\n`);
    const first = await place.runHere('import', 'closes', 'list.csv', '--rejects', 'bad.csv', '--json');
    expect(first.json).toMatchObject({ rejectsFile: 'bad.csv', counts: { accepted: 1, rejected: 1 } });
    const second = await place.runHere('import', 'closes', 'bad.csv', '--json');
    expect(second.json).toMatchObject({
      counts: { rows: 1, rejected: 1 },
      rejects: [{ code: 'invalid_id' }],
    });
  });
});
