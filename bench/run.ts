// The benchmarks: `npm run bench`, or `npm run bench -- --quick`. Every figure is the simulator's or the kernel's own
// count; times are compared within one run only, as ratios.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { measureClientCpu } from './client-cpu.ts';
import { compareNight, type NightResult } from './compare-night.ts';
import { measureImport } from './import-speed.ts';
import { render } from './render.ts';
import { measureScale } from './scale.ts';
import { measureStartUp } from './start-up.ts';
import { measureWebhooks, type WebhookResult } from './webhooks.ts';

const quick = process.argv.includes('--quick');
const only = process.argv.find((arg) => arg.startsWith('--only='))?.slice(7) ?? null;
const wants = (name: string) => only === null || only === name;
const folder = mkdtempSync(join(tmpdir(), 'nightsweep-bench-'));
const say = (text: string) => process.stderr.write(`${text}\n`);

export interface Results {
  machine: string;
  date: string;
  quick: boolean;
  night: NightResult[] | null;
  scale: Awaited<ReturnType<typeof measureScale>> | null;
  import: Awaited<ReturnType<typeof measureImport>> | null;
  startUp: Awaited<ReturnType<typeof measureStartUp>> | null;
  client: Awaited<ReturnType<typeof measureClientCpu>> | null;
  webhooks: WebhookResult[] | null;
}

try {
  const results: Results = {
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`,
    date: new Date().toISOString().slice(0, 10),
    quick,
    night: wants('night') ? await compareNight({ folder, size: quick ? 1_000 : 10_000, quick, say }) : null,
    scale: wants('scale')
      ? await measureScale({ folder, sizes: quick ? [1_000, 10_000] : [10_000, 100_000, 1_000_000], say })
      : null,
    import: wants('import') ? await measureImport({ folder, rows: quick ? 100_000 : 1_000_000, say }) : null,
    startUp: wants('start-up') ? await measureStartUp({ folder, runs: quick ? 10 : 30, say }) : null,
    client: wants('client')
      ? await measureClientCpu({ folder, requests: quick ? 5_000 : 20_000, say })
      : null,
    webhooks: wants('webhooks')
      ? await measureWebhooks({
          folder,
          loads: [
            { perSecond: 200, seconds: quick ? 2 : 10 },
            { perSecond: 2_000, seconds: quick ? 2 : 20 },
          ],
          say,
        })
      : null,
  };
  const text = render(results);
  process.stdout.write(`${text}\n`);
  const isLost = (one: WebhookResult) => one.accepted !== one.stored || one.stored !== one.settled;
  if (results.webhooks?.some(isLost)) {
    say('Not every event that was accepted is on record and settled.');
    process.exitCode = 1;
  }
  if (only === null && !quick) {
    writeFileSync(resolve(import.meta.dirname, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
    writeFileSync(resolve(import.meta.dirname, 'README.md'), text);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
