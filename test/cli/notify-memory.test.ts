import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { notifyMemory } from '../../src/cli/notify-memory.ts';
import { EXIT, type ExitCode } from '../../src/domain/errors.ts';
import { START } from '../helpers/virtual-clock.ts';
import { tempDir } from '../store/fixtures.ts';

/** The memory of a database that is not there, and its file. */
function aMemory() {
  const database = join(tempDir(), 'n.db');
  return { memory: notifyMemory(database), file: `${database}-notified` };
}

describe('what is kept of the night before', () => {
  it.each([true, false])('says whether it was a failure: %s', async (failed) => {
    const { memory, file } = aMemory();
    expect(memory.read()).toBeNull();
    const night = { exitCode: EXIT.incomplete, finishedAt: START, failed };
    await memory.write(night);
    expect(memory.read()).toEqual(night);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ exitCode: 3, failed });
  });

  it.each<[ExitCode, boolean]>([
    [EXIT.ok, false],
    [EXIT.workLeft, false],
    [EXIT.auth, true],
    // It may have been one; that it is over is told once too often rather than not at all.
    [EXIT.incomplete, true],
  ])('is read of an older file with exit code %i, as a failure: %s', (exitCode, failed) => {
    const { memory, file } = aMemory();
    writeFileSync(file, JSON.stringify({ exitCode, finishedAt: new Date(START).toISOString() }));
    expect(memory.read()).toEqual({ exitCode, finishedAt: START, failed });
  });

  it.each(['', '{}', '{"exitCode":7,"finishedAt":"2026-11-24T22:10:10Z"}'])(
    'is nothing of a damaged file: %s',
    (text) => {
      const { memory, file } = aMemory();
      writeFileSync(file, text);
      expect(memory.read()).toBeNull();
    },
  );
});
