import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createSecrets } from '../../src/config/secrets.ts';
import type { Surroundings } from '../../src/config/surroundings.ts';

/** A real working directory with these files, removed after the test, and an environment of its own. */
export function surroundings(
  files: Record<string, string> = {},
  env: Record<string, string> = {},
): Surroundings {
  const cwd = mkdtempSync(join(tmpdir(), 'nightsweep-config-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return { cwd, env, readFile: (path) => readFileSync(path, 'utf8'), secrets: createSecrets() };
}
