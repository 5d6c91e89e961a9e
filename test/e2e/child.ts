import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** The built program. */
export const PROGRAM = join(import.meta.dirname, '../../dist/cli/bin.js');

/** Marked, so that it can be found wherever it should not be. */
export const CLIENT = { clientId: 'e2e-client', clientSecret: 's3cr3t-marker-0d9f1c7ab2' };
const BASIC = Buffer.from(`${CLIENT.clientId}:${CLIENT.clientSecret}`).toString('base64');
const ACCESS_TOKEN = 'simulated-token-';
/** Where a test has put the secret on purpose. */
const MAY_HOLD_IT = new Set(['.env', 'secret.txt']);

/** For the environment of a child: it loads `test/e2e/preload/<name>.mjs` before the program. */
export function preload(name: 'short-waits' | 'full-disk'): { NODE_OPTIONS: string } {
  return { NODE_OPTIONS: `--import=${new URL(`./preload/${name}.mjs`, import.meta.url)}` };
}

/** What a command that has ended leaves behind. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The one object of `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every shape
  readonly json: any;
}

export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Resolves when the text has appeared on stderr. */
  says(text: string): Promise<void>;
}

/** Which program, and by way of which command. */
export interface How {
  readonly program: string;
  readonly through: readonly string[];
}

/** Starts the program in `dir`. */
export function startChild(
  dir: string,
  env: NodeJS.ProcessEnv,
  argv: readonly string[],
  { program, through }: How = { program: PROGRAM, through: [] },
): Child {
  const [command = process.execPath, ...args] = [...through, process.execPath, program, ...argv];
  const child = spawn(command, args, { cwd: dir, env });
  const chunks = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      chunks[name] += text;
    });
  }
  // Whoever is killed does not read on.
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').then(([code, signal]) =>
    demandGoodEnd(dir, argv, { code, signal, ...chunks }),
  );
  return {
    process: child,
    ended,
    says: async (text) => {
      while (!chunks.stderr.includes(text)) await once(child.stderr, 'data');
    },
  };
}

/** Whatever way a command ends, in a child or in this process: no secret, no stack trace, one object of `--json`. */
export function demandGoodEnd(dir: string, argv: readonly string[], ended: Omit<Ended, 'json'>): Ended {
  const { signal, stdout, stderr } = ended;
  demandNoSecret(dir, `${stdout}\n${stderr}`);
  if (!argv.includes('--verbose')) expect(stderr, 'no stack trace').not.toMatch(/^\s+at /m);
  return { ...ended, json: argv.includes('--json') && signal === null ? oneObject(stdout) : null };
}

/** With `--json` stdout is exactly one JSON object, whatever happens. */
function oneObject(stdout: string): unknown {
  const value: unknown = JSON.parse(stdout);
  expect(value).toBeTypeOf('object');
  expect(stdout.endsWith('\n')).toBe(true);
  return value;
}

function demandNoSecret(dir: string, output: string): void {
  const places = new Map([['the output', output]]);
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const path = join(dir, name);
    const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
    if (!MAY_HOLD_IT.has(name) && isFile) places.set(name, readFileSync(path, 'latin1'));
  }
  for (const [place, text] of places) {
    for (const secret of [CLIENT.clientSecret, BASIC, ACCESS_TOKEN]) {
      expect(text.includes(secret), `${secret} in ${place}`).toBe(false);
    }
  }
}
