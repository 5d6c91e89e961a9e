import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlace, type Place } from './place.ts';
import { conversations, idOf, mappingOf } from './world.ts';

const doc = readFileSync(new URL('../../docs/database.md', import.meta.url), 'utf8');
/** Each with the sentence above it. */
const QUERIES = [...doc.matchAll(/^([^\n]+):\n\n```sql\n(.+?)```/gms)].map(
  ([, what = '', sql = '']) => [what, sql] as const,
);

const KINDS = ['with_bot', 'parked', 'closed', 'with_bot', 'with_bot', 'recently_active'] as const;

describe('docs/database.md', () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace({ conversations: conversations(KINDS) });
    const { world } = place.simulator;
    place.env.NIGHTSWEEP_SURVEY_LAG = '0s';
    place.file('mapping.csv', `${mappingOf(KINDS.length)}web-9,nonsense,2026-01-01T00:00:00Z,,\n`);
    place.file('list.csv', `conversation_id,reason\n${idOf(5)},spam\n`);
    await place.runHere('import', 'mapping', 'mapping.csv');
    await place.runHere('import', 'closes', 'list.csv');
    world.setCloseEffect(idOf(4), { kind: 'never' });
    await place.runHere('sweep');
    world.revive(idOf(1), Date.now());
    await place.runHere('sweep');
  });
  afterAll(() => place.leave());

  it('has ten queries', () => {
    expect(QUERIES).toHaveLength(10);
    expect(doc.match(/```sql/g)).toHaveLength(10);
  });

  it.each(QUERIES)('%s: the query finds something in the record of two nights', (_, sql) => {
    expect(place.query(sql).length).toBeGreaterThan(0);
  });

  it('names every table and every column, and no other', () => {
    const tables: string[] = place
      .query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .map(({ name }) => name);
    const sections = doc.slice(doc.indexOf('## The tables'), doc.indexOf('## Retention'));
    const columns = tables.flatMap((table) =>
      place.query(`SELECT name FROM pragma_table_info('${table}')`).map(({ name }) => name as string),
    );
    for (const name of [...tables, ...columns]) expect(sections).toMatch(new RegExp(`\\b${name}\\b`));
    const diagram = doc.slice(doc.indexOf('erDiagram'), doc.indexOf('Solid lines'));
    for (const table of tables) expect(diagram).toMatch(new RegExp(`^  ${table} \\{$`, 'm'));
    const named = [...sections.matchAll(/^\| ([^|]+)\|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(?:\w+\.)?(\w+)`/g)].map(([, name]) => name),
    );
    expect(named.filter((name) => !columns.includes(name ?? ''))).toEqual([]);
  });

  it('tells the schema that the program has', () => {
    expect(doc).toContain(`Schema ${place.query('PRAGMA user_version')[0].user_version};`);
  });
});
