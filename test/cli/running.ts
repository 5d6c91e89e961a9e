import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Io, Out } from '../../src/cli/io.ts';
import { main } from '../../src/cli/program.ts';

/** A stream that keeps what is written to it; with `columns` it is a terminal. */
export function sink(columns?: number): Out & { readonly text: string } {
  let text = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk);
      done();
    },
  });
  const terminal = columns === undefined ? {} : { isTTY: true, columns, rows: 24 };
  return Object.defineProperty(Object.assign(stream, terminal), 'text', { get: () => text }) as never;
}

/** A process that is not one: everything a command may touch, with what it wrote kept. */
export function createIo<T extends Partial<Io>>(argv: readonly string[], changes: T) {
  return {
    argv,
    env: {},
    cwd: '/nonexistent',
    stdin: Readable.from([]),
    stdout: sink(),
    stderr: sink(),
    clock: { now: () => Date.now(), sleep: (ms: number) => sleep(ms) },
    random: () => 0.5,
    host: 'here',
    pid: 4711,
    version: '1.2.3',
    isAlive: () => true,
    listenForInterrupts: () => {
      const never = new AbortController().signal;
      return { interrupts: { stop: never, abort: never }, unlisten: () => {} };
    },
    ...changes,
  };
}

/** Runs one command in this process. */
export async function runMain(argv: readonly string[], changes: Partial<Io> = {}) {
  const io: Io = createIo(argv, changes);
  const code = await main(io);
  const textOf = (stream: Out) => ('text' in stream ? String(stream.text) : '');
  return { code, stdout: textOf(io.stdout), stderr: textOf(io.stderr) };
}
