import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatorOptions } from '../src/simulator/options.ts';
import { SIMULATED_CLIENT } from '../src/simulator/options.ts';
import { createSimulator, type Simulator } from '../src/simulator/simulator.ts';

/** A simulator in this process; what it counts is what is reported. */
export async function withSimulator<T>(
  options: Omit<SimulatorOptions, 'now' | 'sleep'>,
  use: (simulator: Simulator, env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const simulator = createSimulator({
    now: () => Date.now(),
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    ...options,
  });
  const { url } = await simulator.start();
  try {
    return await use(simulator, {
      GENESYS_API_URL: url,
      GENESYS_LOGIN_URL: url,
      GENESYS_CLIENT_ID: SIMULATED_CLIENT.clientId,
      GENESYS_CLIENT_SECRET: SIMULATED_CLIENT.clientSecret,
    });
  } finally {
    await simulator.stop();
  }
}

/** Lets a program of ours be TypeScript, from whatever folder it is started. */
export const TSX = ['--import', import.meta.resolve('tsx')];

export interface Finished {
  readonly wallMs: number;
  readonly stdout: string;
  readonly exitCode: number;
  /** Peak resident memory of the process, in MB, by the kernel's account. */
  readonly rssMb: number;
}

/** Runs a program to its end. Its peak memory is read from the kernel while it runs. */
export async function run(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd: string,
): Promise<Finished> {
  const startedAt = performance.now();
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  let rssMb = 0;
  const watch = setInterval(async () => {
    const { readFile } = await import('node:fs/promises');
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    rssMb = Math.max(rssMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  }, 100);
  const exitCode = await new Promise<number>((done) => child.on('close', (code) => done(code ?? -1)));
  clearInterval(watch);
  return { wallMs: performance.now() - startedAt, stdout, exitCode, rssMb };
}

/** What the simulator has counted of one program. */
export interface Usage {
  readonly requests: number;
  readonly rateLimited: number;
  /** Of what the complete windows permitted, the share that was used by anybody; null without a complete one. */
  readonly share: number | null;
  /** Of what others left in the complete windows, the share that was used. */
  readonly shareOfRest: number | null;
  readonly windows: number;
}

/** Rebuilds the fixed windows from the simulator's own log. `others` are requests not made by the program. */
export function usageOf(
  simulator: Simulator,
  limit: { allowed: number; windowMs: number },
  isOther: (conversationId: string | null) => boolean = () => false,
): Usage {
  const counted = simulator.log.filter((one) => one.route !== 'token' && one.route !== null);
  const windows: { from: number; own: number; others: number }[] = [];
  for (const one of counted) {
    let current = windows.at(-1);
    if (current === undefined || one.at >= current.from + limit.windowMs) {
      current = { from: one.at, own: 0, others: 0 };
      windows.push(current);
    }
    if (one.status !== 429) current[isOther(one.conversationId) ? 'others' : 'own']++;
  }
  // The last one is cut short by the end of the work.
  const complete = windows.slice(0, -1);
  const sum = (pick: (w: { own: number; others: number }) => number) =>
    complete.reduce((n, w) => n + pick(w), 0);
  const permitted = complete.length * limit.allowed;
  const own = sum((w) => w.own);
  const others = sum((w) => w.others);
  const mine = counted.filter((one) => !isOther(one.conversationId));
  return {
    requests: mine.length + simulator.log.filter((one) => one.route === 'token').length,
    rateLimited: mine.filter((one) => one.status === 429).length,
    share: complete.length === 0 ? null : (own + others) / permitted,
    shareOfRest: complete.length === 0 ? null : own / (permitted - others),
    windows: complete.length,
  };
}
