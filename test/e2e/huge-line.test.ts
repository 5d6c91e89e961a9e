import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aPlace } from './place.ts';
import { HEADER, idOf, row } from './world.ts';

/** How many MB the line has: `HUGE_LINE_MB=1000 npx vitest run test/e2e/huge-line.test.ts`. Takes minutes, so not by itself. */
const MEGABYTES = Number(process.env.HUGE_LINE_MB ?? 0);
const CHUNK = Buffer.alloc(1_000_000, 'x');
/** Node, SQLite and some garbage; what matters is that it does not grow with the line. */
const MOST_RSS_MB = 300;

/** The most memory that the process has had so far, in MB (Linux). */
function peakOf(pid: number | undefined): number {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes ?? 0) / 1024;
}

/** Feeds a file with one line of so many MB into a child. */
async function feed(kind: 'mapping' | 'closes', before: string, after: string) {
  const place = await aPlace();
  const child = place.start('import', kind, '-', '--json');
  const { stdin, pid } = child.process;
  const startedAt = performance.now();
  let peakMb = 0;
  let sent = 0;
  const write = async (bytes: string | Buffer) => {
    if (stdin.destroyed || child.process.exitCode !== null) return;
    // Whoever has heard enough closes the pipe.
    const drained = once(stdin, 'drain').catch(() => {});
    if (!stdin.write(bytes)) await Promise.race([drained, child.ended]);
    sent += bytes.length;
    if (child.process.exitCode === null) peakMb = Math.max(peakMb, peakOf(pid));
  };
  await write(before);
  for (let n = 0; n < MEGABYTES; n++) await write(CHUNK);
  await write(after);
  stdin.end();
  const { code, json, stderr } = await child.ended;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const figures = `${Math.round(sent / 1e6)} MB taken in ${seconds} s, at most ${Math.round(peakMb)} MB of memory`;
  process.stderr.write(`${kind}: ${figures}, exit code ${code}\n`);
  return { place, code, json, stderr, peakMb };
}

describe.skipIf(MEGABYTES === 0)(`a line of ${MEGABYTES} MB`, () => {
  it('in a mapping is rejected, and the rows around it go in', { timeout: 0 }, async () => {
    const { place, code, json, peakMb } = await feed(
      'mapping',
      `${HEADER}\n${row(1)}\n"`,
      `",x\n${row(2)}\n`,
    );
    expect({ code, counts: json.counts }).toEqual({
      code: 3,
      counts: { rows: 3, accepted: 2, changed: 0, unchanged: 0, rejected: 1 },
    });
    expect(json.rejects).toMatchObject([{ line: 3, code: 'record_too_long' }]);
    expect(place.query('SELECT conversation_id AS id FROM mappings ORDER BY 1')).toEqual([
      { id: idOf(1) },
      { id: idOf(2) },
    ]);
    expect(peakMb).toBeLessThan(MOST_RSS_MB);
  });

  it('for a header is refused, and nothing is written', { timeout: 0 }, async () => {
    const { place, code, stderr, peakMb } = await feed('mapping', '', `\n${row(1)}\n`);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^nightsweep: The header of stdin cannot be read: The row \(lines 1 to 1\) is longer/,
    );
    expect(place.query('SELECT * FROM imports')).toEqual([]);
    expect(peakMb).toBeLessThan(MOST_RSS_MB);
  });

  it('in a list of closes is refused as soon as the list is too large', { timeout: 0 }, async () => {
    const { place, code, stderr, peakMb } = await feed('closes', `${idOf(1)}\n`, `\n${idOf(2)}\n`);
    expect(code).toBe(2);
    expect(stderr).toBe('nightsweep: stdin is larger than 64 MiB; split it and import the parts.\n');
    expect(place.query('SELECT * FROM close_requests')).toEqual([]);
    expect(peakMb).toBeLessThan(MOST_RSS_MB);
  });
});
