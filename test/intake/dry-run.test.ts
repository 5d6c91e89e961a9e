import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importExitCode, importJson } from '../../src/intake/summary.ts';
import { tries } from '../helpers/fuzz.ts';
import { fileOf, HEADER, idOf, rowOf, setUp } from './harness.ts';

const TABLES = ['mappings', 'close_requests', 'imports', 'import_rejects'];
const everything = ({ rows }: ReturnType<typeof setUp>) =>
  TABLES.map((table) => rows(`SELECT * FROM ${table} ORDER BY 1`));

describe('a dry run of an import', () => {
  it('says what would be taken, changed and rejected, and writes nothing', async () => {
    const place = setUp();
    await place.mapping(fileOf(HEADER, rowOf(1), rowOf(2)));
    const before = everything(place);
    const summary = await place.mapping(
      fileOf(HEADER, rowOf(1), `s-2,${idOf(2)},2026-11-01,2026-11-05,`, rowOf(3), 'x', rowOf(3)),
      { dryRun: true },
    );
    expect(everything(place)).toEqual(before);
    expect(importExitCode(summary)).toBe(3);
    expect(importJson(summary)).toMatchObject({
      import: { id: null, kind: 'mapping', file: 'list.csv' },
      dryRun: true,
      counts: { rows: 5, accepted: 2, changed: 1, unchanged: 1, rejected: 2 },
      rejects: [
        { line: 5, code: 'column_count' },
        { line: 6, code: 'duplicate' },
      ],
      message:
        'list.csv: mapping with 5 rows, 2 would be taken (1 new, 1 changed), 1 already known, 2 rejected. A dry run: nothing was written.',
    });
  });

  it('knows a file that was imported before', async () => {
    const { mapping } = setUp();
    await mapping(fileOf(HEADER, rowOf(1)));
    const summary = await mapping(fileOf(HEADER, rowOf(1)), { dryRun: true });
    expect(importJson(summary).message).toMatch(/nothing would change, 1 already known\. A dry run.*before/);
  });

  // Few conversations and times, so that rows of one file meet each other and what is there already.
  const row = fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 4 }))
    .map(
      ([n, day, later]) => `s-${day},${idOf(n)},2026-11-0${day},${later === 0 ? '' : `2026-11-0${later}`},`,
    );

  it('of a mapping counts exactly what the import then does, whatever is known and in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 4 }),
        fc.array(row, { maxLength: 8 }),
        async (known, rows) => {
          const { mapping } = setUp();
          await mapping(fileOf(HEADER, ...known));
          const dry = await mapping(fileOf(HEADER, ...rows), { dryRun: true });
          const real = await mapping(fileOf(HEADER, ...rows));
          expect(dry.counts).toEqual(real.counts);
          expect(dry.rejects).toEqual(real.rejects);
        },
      ),
      tries(25),
    );
  });

  it('of a list of closes counts exactly what the import then does', async () => {
    const place = setUp();
    const pending = [1, 2].map((n) => ({ conversationId: idOf(n), reason: null, force: false }));
    place.store.intake.requestCloses(
      [
        { ...pending[0], origin: 'cli' },
        { ...pending[1], origin: 'webhook:wrapup' },
      ] as Parameters<typeof place.store.intake.requestCloses>[0],
      0,
    );
    const list = fileOf('conversation_id', idOf(1), idOf(2), idOf(3), idOf(3), 'x');
    const before = everything(place);
    const dry = await place.closes(list, { dryRun: true });
    expect(everything(place)).toEqual(before);
    const real = await place.closes(list);
    expect(dry.counts).toEqual({ rows: 5, accepted: 2, changed: 0, unchanged: 1, rejected: 2 });
    expect(real.counts).toEqual(dry.counts);
    expect(real.rows).toEqual(dry.rows);
  });
});
