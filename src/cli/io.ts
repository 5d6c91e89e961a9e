import type { Readable, Writable } from 'node:stream';
import type { Instant } from '../domain/time.ts';
import type { Interrupts } from '../sweep/context.ts';
import type { Clock, Random } from '../sweep/ports.ts';

/** A stream that may be a terminal. */
export type Out = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The process, as the program sees it; `bin.ts` passes the real one, tests and the demo their own. */
export interface Io {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Out;
  readonly stderr: Out;
  readonly clock: Clock;
  readonly random: Random;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  /** Whether this machine has a process of this number that can have begun something at that moment. */
  readonly isAlive: (pid: number, since: Instant) => boolean;
  /**
   * Listens for SIGINT and SIGTERM: the first asks to stop, and `graceMs` (0) later all waiting ends; a second one
   * ends the process at once.
   */
  readonly listenForInterrupts: (graceMs?: number) => {
    readonly interrupts: Interrupts;
    readonly unlisten: () => void;
  };
}
