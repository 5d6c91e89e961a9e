import { expect, it } from 'vitest';
import { OPERATIONS } from './harm.ts';
import { countCells, renderTable } from './render.ts';
import { TABLE } from './table.ts';

it('every fault has for every operation something that must become of it, or a reason why it cannot be', () => {
  for (const { what, cells } of TABLE) {
    for (const operation of OPERATIONS) {
      const cell = cells[operation];
      const said = typeof cell === 'string' ? cell.length : Object.keys(cell).length;
      expect(said, `${what}, ${operation}`).toBeGreaterThan(0);
    }
  }
  expect(new Set(TABLE.map(({ what }) => what)).size).toBe(TABLE.length);
});

it('the table is told in Markdown, with a line for each fault and how often, and each reason once', () => {
  const lines = renderTable().split('\n');
  const rows = lines.filter((line) => line.startsWith('|'));
  expect(new Set(rows.map((row) => row.split(' | ').length))).toEqual(new Set([2 + OPERATIONS.length]));
  expect(lines).toContain(
    '| connection refused | once | closed/stale_unanswered, exit 0, 1 PATCH | closed/stale_unanswered, exit 0, 1 PATCH | closed/stale_unanswered, exit 0, 1 PATCH | already_closed/ended by analytics, exit 0 | closed/stale_unanswered, exit 0, 1 PATCH |',
  );
  expect(lines.filter((line) => /^\d+\. /.test(line))).toEqual([
    '1. the read before it fails already: a name fails for all requests alike.',
    '2. only the token endpoint answers so.',
    '3. its life is counted from when we asked for it, on our clock.',
  ]);
  const { played, inapplicable } = countCells();
  expect(rows.join('').match(/exit \d/g)).toHaveLength(played);
  expect(rows.join('').match(/\(\d\)/g)?.length).toBeGreaterThanOrEqual(inapplicable);
});

it('docs/faults.md is this table (after a change: npx vitest run test/faults/render.test.ts -u)', async () => {
  const { played, inapplicable } = countCells();
  const page = `# What a bad network may do, and what becomes of it

One stale conversation, one run, and one fault for one kind of its requests: once, three times in a row, or always. Each
cell is a test against a real socket: what is recorded (outcome and reason), the exit code, how many PATCHes were sent,
and what an undisturbed run an hour later does of what is left. ${played} cells are played; ${inapplicable} cannot be, for the
reasons below the table.

${renderTable()}`;
  await expect(page).toMatchFileSnapshot('../../docs/faults.md');
});
