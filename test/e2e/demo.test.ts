import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ended } from './child.ts';
import { openPlace, type Place } from './place.ts';

interface Demo {
  readonly ended: Ended;
  /** What it has left in its folder and in that for temporary files. */
  readonly left: string[];
}

const places: Place[] = [];

/** Runs it as somebody would who has just installed it: no account, no settings, an empty folder. */
async function run(...flags: string[]): Promise<Demo> {
  const place = await openPlace();
  places.push(place);
  const temp = join(place.dir, 'tmp');
  mkdirSync(temp);
  for (const name of Object.keys(place.env)) {
    if (/^(?:GENESYS|NIGHTSWEEP)_/.test(name)) delete place.env[name];
  }
  place.env.TMPDIR = temp;
  const ended = await place.run('demo', ...flags);
  return { ended, left: [...readdirSync(place.dir), ...readdirSync(temp)] };
}

describe('the demo', () => {
  let forPeople: Demo;
  let forMachines: Demo;
  beforeAll(async () => {
    [forPeople, forMachines] = await Promise.all([run(), run('--json')]);
  });
  afterAll(() => Promise.all(places.map((place) => place.leave())));

  it('runs the whole job and finds that both sides agree', () => {
    expect(forPeople.ended).toMatchObject({ code: 0, signal: null });
    for (const part of [
      '$ nightsweep import mapping data/sample-mapping.csv',
      '$ nightsweep import closes data/sample-closes.csv',
      '$ nightsweep sweep --dry-run',
      '$ nightsweep report --by reason',
      'Both sides agree on all 620 conversations',
    ]) {
      expect(forPeople.ended.stdout).toContain(part);
    }
    expect(forPeople.ended.stderr).toContain('the real one 300');
  });

  it('ends by saying what to try next', () => {
    expect(forPeople.ended.stdout).toMatch(/\nTry next:\n(?: {2}nightsweep .+\n){3}$/);
  });

  it('fits 80 columns', () => {
    expect(forPeople.ended.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('leaves nothing behind', () => {
    expect(forPeople.left).toEqual(['tmp']);
    expect(forMachines.left).toEqual(['tmp']);
  });

  it('sums itself up as one JSON object with --json', () => {
    expect(forMachines.ended.code).toBe(0);
    expect(forMachines.ended.json).toEqual({
      agreed: true,
      compared: 620,
      problems: [],
      exitCode: 0,
      message: expect.stringContaining('Both sides agree'),
    });
  });
});
