import { resolve } from 'node:path';
import { run } from './measure.ts';

const BIN = resolve(import.meta.dirname, '../dist/cli/bin.js');

export interface StartUpResult {
  /** Medians, in ms. */
  readonly node: number;
  readonly version: number;
  readonly help: number;
  /** A command that does next to nothing. */
  readonly config: number;
}

/** `--version`, `--help` and `config` against `node -e 0`, in turn, so that a machine that drifts drifts for all. */
export async function measureStartUp({
  folder,
  runs,
  say,
}: {
  folder: string;
  runs: number;
  say: (text: string) => void;
}): Promise<StartUpResult> {
  say(`start-up: ${runs} of each …`);
  const args = {
    node: ['-e', '0'],
    version: [BIN, '--version'],
    help: [BIN, '--help'],
    config: [BIN, 'config'],
  };
  const names = ['node', 'version', 'help', 'config'] as const;
  const times: Record<keyof typeof args, number[]> = { node: [], version: [], help: [], config: [] };
  for (let i = 0; i < runs; i++) {
    for (const name of names) {
      times[name].push((await run(process.execPath, args[name], {}, folder)).wallMs);
    }
  }
  const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return {
    node: median(times.node),
    version: median(times.version),
    help: median(times.help),
    config: median(times.config),
  };
}
