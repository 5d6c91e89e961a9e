import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { warnWhenExposed } from '../../src/cli/exposure.ts';

function warningsOf(mode: number, isOurs: boolean): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'nightsweep-exposure-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'secret');
  writeFileSync(file, 'x');
  if (!isOurs) chownSync(file, 4711, 4711);
  chmodSync(file, mode);
  const warnings: string[] = [];
  const log = { debug: () => {}, info: () => {}, warn: (text: string) => warnings.push(text) };
  warnWhenExposed(log as never, 'The secret', file);
  return warnings;
}

it('warns of a file of ours that its group or others can read', () => {
  expect(warningsOf(0o600, true)).toEqual([]);
  expect(warningsOf(0o640, true)[0]).toContain('is open to others (mode 0640)');
  expect(warningsOf(0o604, true)[0]).toContain('chmod 600');
});

it.runIf(process.getuid?.() === 0)('lets a file be handed over by its group, but not by everybody', () => {
  expect(warningsOf(0o440, false)).toEqual([]);
  expect(warningsOf(0o444, false)).toHaveLength(1);
});
