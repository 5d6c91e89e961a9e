import fc from 'fast-check';
import { Counter, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { carriedOn, parseFamilies, renderFamilies } from '../../src/metrics/exposition.ts';

const head = (name: string, type: string) => `# HELP ${name} A sentence.\n# TYPE ${name} ${type}\n`;
const SUCCESS = 'nightsweep_last_success_timestamp_seconds';
const REQUESTS = 'nightsweep_genesys_requests_total';
const BACKLOG = 'nightsweep_backlog_conversations';

function fileAfter(before: string, now: string): string {
  return renderFamilies(carriedOn(parseFamilies(before), parseFamilies(now)), 'night');
}

describe('a file of metrics', () => {
  it('is read back as it was written, whatever its labels hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.nat())),
        fc.string(),
        async (rows, file) => {
          const registry = new Registry();
          const counter = new Counter({
            name: REQUESTS,
            help: 'A',
            labelNames: ['route'],
            registers: [registry],
          });
          for (const [route, n] of rows) counter.inc({ route }, n);
          const families = parseFamilies(await registry.metrics());
          expect(families.get(REQUESTS)?.samples.size).toBe(new Set(rows.map(([route]) => route)).size);
          expect(parseFamilies(renderFamilies(families, file))).toEqual(families);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('adds up what was counted, and takes what is known now', () => {
    const text = fileAfter(
      `${head(REQUESTS, 'counter')}${REQUESTS}{status="200",textfile="old"} 5\n${REQUESTS}{status="503",textfile="old"} 2\n${head(BACKLOG, 'gauge')}${BACKLOG}{textfile="old"} 9\n`,
      `${head(REQUESTS, 'counter')}${REQUESTS}{status="200"} 7\n${head(BACKLOG, 'gauge')}${BACKLOG} 4\n`,
    );
    expect(text).toContain(`${REQUESTS}{status="200",textfile="night"} 12\n`);
    expect(text).toContain(`${REQUESTS}{status="503",textfile="night"} 2\n`);
    expect(text).toContain(`${BACKLOG}{textfile="night"} 4\n`);
    expect(text).not.toContain('old');
  });

  it('keeps what nothing is known of now', () => {
    const success = (at: number) => `${head(SUCCESS, 'gauge')}${SUCCESS} ${at}\n`;
    expect(fileAfter(success(200), '')).toContain(`${SUCCESS}{textfile="night"} 200\n`);
    expect(fileAfter(success(200), success(100))).toContain(`${SUCCESS}{textfile="night"} 100\n`);
    expect(fileAfter(success(200), success(300))).toContain(`${SUCCESS}{textfile="night"} 300\n`);
  });

  it('takes nothing from a file that is none of its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fileAfter(text, '')).toBe('');
      }),
    );
    expect(fileAfter(`${head('evil_total', 'counter')}evil_total 1\n`, '')).toBe('');
  });
});
