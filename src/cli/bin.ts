#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedError } from '../domain/errors.ts';
import type { Io } from './io.ts';

const version: string = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).version;

/** After this long a run stops waiting for what it has in hand; the next one finds out what became of it. */
const GRACE_MS = 20_000;
const EXIT_CODE = { SIGINT: 130, SIGTERM: 143 } as const;

function listenForInterrupts(): ReturnType<Io['listenForInterrupts']> {
  const stop = new AbortController();
  const abort = new AbortController();
  let grace: NodeJS.Timeout | undefined;
  const on = (signal: keyof typeof EXIT_CODE) => {
    if (stop.signal.aborted) process.exit(EXIT_CODE[signal]);
    stop.abort(EXIT_CODE[signal]);
    const reason = new ExpectedError('Interrupted; run again to go on.', EXIT_CODE[signal]);
    grace = setTimeout(() => abort.abort(reason), GRACE_MS);
    grace.unref();
  };
  process.on('SIGINT', on);
  process.on('SIGTERM', on);
  return {
    interrupts: { stop: stop.signal, abort: abort.signal },
    unlisten: () => {
      clearTimeout(grace);
      process.off('SIGINT', on);
      process.off('SIGTERM', on);
    },
  };
}

function isAlive(host: string, pid: number): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Node's own rejects with an AbortError, whatever the signal's reason. */
async function sleepUntilAborted(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
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
  const { main } = await import('./program.ts');
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
    isAlive,
    listenForInterrupts,
  });
}
