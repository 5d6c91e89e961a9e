import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { type Ended, preload } from './child.ts';
import { openPlace, type Place } from './place.ts';
import { demandAgreement } from './world.ts';

/** Enough for a database, its log and a copy; little enough to be filled in a moment. */
const SIZE = '4m';

/** A place whose database is on a disk of its own. */
export interface SmallDisk {
  readonly place: Place;
  /** From now on there is no room for one byte more. */
  fill(): void;
  /** Makes room again. */
  free(): void;
}

/**
 * A real small disk where one may be mounted. Elsewhere the child is told by a preloaded module that its disk is full,
 * so that these tests are never skipped.
 */
export async function aSmallDisk(options: Partial<SimulatorOptions> = {}): Promise<SmallDisk> {
  const place = await openPlace(options, 'disk/nightsweep.db');
  const folder = join(place.dir, 'disk');
  mkdirSync(folder);
  const isReal = mount('-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder);
  onTestFinished(async () => {
    await place.leave(() => isReal && spawnSync('umount', [folder]));
  });
  const ballast = join(folder, 'ballast');
  if (!isReal) Object.assign(place.env, preload('full-disk'), { FULL_WHILE: ballast });
  return {
    place,
    fill: () => (isReal ? fillWith(ballast) : writeFileSync(ballast, '')),
    free: () => rmSync(ballast, { force: true }),
  };
}

/** Whether that could be mounted, or mounted anew. */
export function mount(...args: string[]): boolean {
  return spawnSync('mount', args).status === 0;
}

function fillWith(file: string): void {
  const block = Buffer.alloc(statfsSync(join(file, '..')).bsize);
  const descriptor = openSync(file, 'a');
  try {
    for (;;) writeSync(descriptor, block);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    closeSync(descriptor);
  }
}

/** Exit 9, and one sentence that names the file; nothing for whoever reads the results. */
export function demandRefusal(ended: Ended, says: RegExp | string, file: string): void {
  const sentences = ended.stderr.split('\n').filter((line) => line.startsWith('nightsweep: '));
  expect({ code: ended.code, stdout: ended.stdout, sentences: sentences.length }, ended.stderr).toEqual({
    code: 9,
    stdout: '',
    sentences: 1,
  });
  expect(sentences[0]).toMatch(says);
  expect(sentences[0]).toContain(file);
  expect(sentences[0]).toMatch(/[;:] .+\.$/);
}

/** Whatever Genesys has ended because of us is on record: as closed, or as intended. */
export function demandEveryCloseOnRecord(place: Place): void {
  const known = place.query(`
    SELECT conversation_id AS id FROM intents
    UNION SELECT conversation_id FROM outcomes WHERE outcome = 'closed'`);
  const ids = new Set(known.map(({ id }) => id));
  const sent = place.simulator.log.filter(({ route }) => route === 'close');
  expect(sent.filter(({ conversationId }) => !ids.has(conversationId))).toEqual([]);
}

/** The next sweep does what is left, and both sides agree. */
export async function demandRecovery(place: Place, total: number): Promise<void> {
  place.simulator.intercept(null);
  const { json } = await place.run('sweep', '--json');
  expect(json).toMatchObject({ exitCode: 0, counts: { left: 0, failed: 0, unconfirmed: 0 } });
  demandAgreement(place);
  expect(place.query("SELECT DISTINCT conversation_id FROM outcomes WHERE outcome = 'closed'")).toHaveLength(
    total,
  );
}
