#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const version: string = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).version;

/** The longest that a timer of Node's can be set for; set for longer it would go off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Node's own rejects with an AbortError, whatever the signal's reason. */
async function sleepUntilAborted(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    let left = ms;
    for (; left > LONGEST_TIMER_MS; left -= LONGEST_TIMER_MS)
      await sleep(LONGEST_TIMER_MS, undefined, { signal });
    await sleep(left, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

// Whoever reads our output may stop early (`| head`): that ends the writing, not the work. A result that could not be
// written otherwise (a full disk) must not look like a success.
process.stderr.on('error', () => {});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`nightsweep: the output could not be written (${error.code ?? error.message}).\n`);
  process.once('exit', () => {
    process.exitCode ||= 1;
  });
});

const argv = process.argv.slice(2);
if (argv.length === 1 && argv[0] === '--version') {
  process.stdout.write(`${version}\n`);
} else {
  // Neither is needed for --version, which should be there at once.
  const { main } = await import('./program.ts');
  const { listenForInterrupts } = await import('./signals.ts');
  const { isAlive } = await import('./processes.ts');
  process.exitCode = await main({
    argv,
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: { now: () => Date.now(), sleep: sleepUntilAborted },
    random: Math.random,
    host: hostname(),
    pid: process.pid,
    version,
    isAlive: (pid, since) => isAlive(pid, since, Date.now()),
    listenForInterrupts,
  });
}
