import { describe, expect, it } from 'vitest';
import { aPlace } from './place.ts';
import { HEADER, idOf, mappingOf, row } from './world.ts';

const BAD = [
  'web-9,not-a-uuid,2026-01-01T00:00:00Z,,',
  `web-9,${idOf(9)},yesterday,,`,
  `,${idOf(9)},2026-01-01T00:00:00Z,,`,
  `web-9,${idOf(9)}`,
  row(1),
  `web-9,${idOf(9)},2026-01-01T00:00:00,,`,
];

describe('import mapping', () => {
  it('takes the good rows, lists the bad ones with line and reason, and keeps them', async () => {
    const place = await aPlace();
    place.file('mapping.csv', [HEADER, row(1), ...BAD, row(2), ''].join('\n'));
    const { code, stdout } = await place.runHere('import', 'mapping', 'mapping.csv');
    expect(code).toBe(3);
    const codes = [
      'invalid_id',
      'invalid_time',
      'invalid_session',
      'column_count',
      'duplicate',
      'invalid_time',
    ];
    codes.forEach((reason, i) => {
      expect(stdout).toContain(`  line ${i + 3}: ${reason}\n`);
    });
    expect(stdout).toContain('mapping with 8 rows, 2 taken, 6 rejected.');
    expect(place.query('SELECT conversation_id FROM mappings ORDER BY 1')).toEqual([
      { conversation_id: idOf(1) },
      { conversation_id: idOf(2) },
    ]);
    expect(place.query('SELECT line, code, raw FROM import_rejects ORDER BY line')).toEqual(
      BAD.map((raw, i) => ({ line: i + 3, code: codes[i], raw })),
    );
  });

  it('of the same file changes nothing and says so', async () => {
    const place = await aPlace();
    place.file('mapping.csv', mappingOf(3));
    expect((await place.runHere('import', 'mapping', 'mapping.csv')).code).toBe(0);
    const before = place.query('SELECT * FROM mappings');
    const { code, stdout } = await place.runHere('import', 'mapping', 'mapping.csv');
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /mapping with 3 rows, nothing changed, 3 already known\. The same content was imported before \(import 1, /,
    );
    expect(place.query('SELECT * FROM mappings')).toEqual(before);
  });

  it.each([
    ['at the end', `${mappingOf(3)}"web-4,${idOf(4)},2026-01-01T00:00:00Z,,\n${row(5)}\n`, 3],
    [
      'that a later one happens to close',
      `${mappingOf(1)}"web-4,${idOf(4)},2026-01-01T00:00:00Z,,\n${row(5)},"x"\n`,
      1,
    ],
  ])('with a forgotten quote %s never looks like a success', async (_where, csv, taken) => {
    const place = await aPlace();
    place.file('mapping.csv', csv);
    const { code, stdout } = await place.runHere('import', 'mapping', 'mapping.csv');
    expect(code).toBe(3);
    expect(stdout).toContain('unclosed_quote');
    expect(place.query('SELECT count(*) AS n FROM mappings')).toEqual([{ n: taken }]);
  });

  it.each([
    ['UTF-16, little endian', Buffer.from(`\ufeff${mappingOf(2)}`, 'utf16le')],
    ['UTF-16, big endian', Buffer.from(`\ufeff${mappingOf(2)}`, 'utf16le').swap16()],
    ['UTF-8 with a byte-order mark', Buffer.from(`\ufeff${mappingOf(2)}`)],
    ['lines that end as on Windows', Buffer.from(mappingOf(2).replaceAll('\n', '\r\n'))],
  ])('reads %s', async (_encoding, content) => {
    const place = await aPlace();
    place.file('mapping.csv', content);
    expect((await place.runHere('import', 'mapping', 'mapping.csv')).code).toBe(0);
    expect(place.query('SELECT count(*) AS n FROM mappings')).toEqual([{ n: 2 }]);
  });

  it('rejects the rows of another encoding, and only those', async () => {
    const place = await aPlace();
    place.file(
      'mapping.csv',
      Buffer.from(`${mappingOf(1)}müller,${idOf(2)},2026-01-01T00:00:00Z,,\n`, 'latin1'),
    );
    const { code, json } = await place.runHere('import', 'mapping', 'mapping.csv', '--json');
    expect(code).toBe(3);
    expect(json.rejects).toMatchObject([{ line: 3, code: 'invalid_encoding' }]);
    expect(place.query('SELECT count(*) AS n FROM mappings')).toEqual([{ n: 1 }]);
  });

  it('reads standard input, and notes columns that it does not use', async () => {
    const place = await aPlace();
    const child = place.start('import', 'mapping', '-');
    child.process.stdin.end(`${HEADER},browser\n${row(1)},Netscape\n`);
    const { code, stdout, stderr } = await child.ended;
    expect(code).toBe(0);
    expect(stdout).toContain('stdin: mapping with 1 row, 1 taken.');
    expect(stderr).toContain('"browser"');
    expect(place.query('SELECT source FROM mappings')).toEqual([{ source: 'csv:stdin' }]);
  });
});
