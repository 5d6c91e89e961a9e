import { OF_PROGRAM, OF_RECORD, OF_REQUESTS } from './catalogue.ts';

/**
 * The lines of one metric: those that describe it, and its values by name and labels as they are written, without the
 * label `textfile`.
 */
export interface Family {
  readonly head: readonly string[];
  readonly samples: ReadonlyMap<string, number>;
}
export type Families = ReadonlyMap<string, Family>;

const HEAD = /^# (?:HELP|TYPE) (\w+) /;
const SAMPLE = /^(\w+(?:\{(?:[a-z_]\w*="(?:[^"\\]|\\.)*",?)+\})?) (\S+)$/;
const TEXTFILE = /(?:,|(?<=\{))textfile="(?:[^"\\]|\\.)*"(?=\})/;

/**
 * What is in a text that this program has written. Total: lines that are none of its own are left out, so that a file
 * of somebody else's, or half of one, is at worst an empty one.
 */
export function parseFamilies(text: string): Families {
  const found = new Map<string, { head: string[]; samples: Map<string, number> }>();
  let current: { head: string[]; samples: Map<string, number> } | null = null;
  for (const line of text.split('\n')) {
    const name = HEAD.exec(line)?.[1];
    if (name !== undefined) {
      current = found.get(name) ?? { head: [], samples: new Map() };
      current.head.push(line);
      found.set(name, current);
      continue;
    }
    const [, given = '', number = ''] = SAMPLE.exec(line) ?? [];
    const value = Number(number);
    if (current === null || number === '' || !Number.isFinite(value)) continue;
    current.samples.set(given.replace(TEXTFILE, '').replace('{}', ''), value);
  }
  return found;
}

/** @param textfile the value of that label, which tells the files of several jobs apart */
export function renderFamilies(families: Families, textfile: string): string {
  const label = `textfile="${textfile.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
  const labelled = (sample: string) =>
    sample.endsWith('}') ? `${sample.slice(0, -1)},${label}}` : `${sample}{${label}}`;
  const blocks = [...families.values()].map(({ head, samples }) => [
    ...head,
    ...[...samples].map(([sample, value]) => `${labelled(sample)} ${value}`),
    '',
  ]);
  return blocks.flat().join('\n');
}

/**
 * What is to be in the file after a night, or at its begin: what is known now; where that says nothing, what was there
 * before; and of what is counted, the sum of both.
 */
export function carriedOn(before: Families, now: Families): Families {
  const names = [...Object.keys(OF_PROGRAM), ...Object.keys(OF_RECORD), ...Object.keys(OF_REQUESTS)];
  const result = new Map<string, Family>();
  for (const name of names) {
    const family = merged(name, before.get(name), now.get(name));
    if (family !== undefined) result.set(name, family);
  }
  return result;
}

function merged(name: string, before: Family | undefined, now: Family | undefined): Family | undefined {
  if (before === undefined || now === undefined) return now ?? before;
  if (!(name in OF_REQUESTS)) return now;
  const samples = new Map(now.samples);
  for (const [sample, value] of before.samples) samples.set(sample, value + (samples.get(sample) ?? 0));
  return { head: now.head, samples };
}
