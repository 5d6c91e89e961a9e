import { resolve } from 'node:path';
import { run } from './measure.ts';

const BIN = resolve(import.meta.dirname, '../dist/cli/bin.js');

export interface StartUpResult {
  /** Medians, in ms. */
  readonly node: number;
  readonly version: number;
  readonly help: number;
}

/** `--version` and `--help` against `node -e 0`, in turn, so that a machine that drifts drifts for all. */
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
  const times: Record<'node' | 'version' | 'help', number[]> = { node: [], version: [], help: [] };
  const args = { node: ['-e', '0'], version: [BIN, '--version'], help: [BIN, '--help'] };
  for (let i = 0; i < runs; i++) {
    for (const name of ['node', 'version', 'help'] as const) {
      times[name].push((await run(process.execPath, args[name], {}, folder)).wallMs);
    }
  }
  const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return { node: median(times.node), version: median(times.version), help: median(times.help) };
}
