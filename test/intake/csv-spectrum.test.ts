import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { batchesOf } from './harness.ts';

interface Sample {
  readonly name: string;
  readonly csv: Buffer;
  readonly json: Buffer;
}

type Spectrum = (done: (error: unknown, samples: Sample[]) => void) => void;
const spectrum: Spectrum = createRequire(import.meta.url)('csv-spectrum');

const SAMPLES = await new Promise<Sample[]>((resolve, reject) => {
  spectrum((error, samples) => (error === null ? resolve(samples) : reject(error)));
});

async function objectsIn(csv: Buffer): Promise<Record<string, string>[]> {
  const rows = (await batchesOf(csv)).flat().map(({ cells }) => cells ?? []);
  const [names = [], ...values] = rows;
  return values.map((cells) => Object.fromEntries(names.map((name, at) => [name, cells[at] ?? 'none'])));
}

describe("csv-spectrum's samples", () => {
  it('are there', () => {
    expect(SAMPLES.length).toBeGreaterThan(10);
  });

  const inWindows1252 = SAMPLES.filter(({ name }) => name === 'location_coordinates');
  const inUtf8 = SAMPLES.filter((sample) => !inWindows1252.includes(sample));

  it.each(inUtf8.map((sample) => [sample.name, sample] as const))('%s', async (_, { csv, json }) => {
    expect(await objectsIn(csv)).toEqual(JSON.parse(json.toString()));
  });

  it.each(inWindows1252.map((sample) => [sample.name, sample] as const))(
    '%s is not UTF-8, and its row is rejected',
    async (_, { csv }) => {
      const [batch] = await batchesOf(csv);
      expect(batch).toMatchObject([{ problem: null }, { line: 2, problem: { code: 'invalid_encoding' } }]);
    },
  );
});
