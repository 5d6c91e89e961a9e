/** Checks everything in deploy/ by the tools that are made for it. Ends with 1 and a line for each problem. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cronProblems } from './deploy/cron.ts';
import { composeProblems, dockerfileProblems } from './deploy/docker.ts';
import { manifestProblems } from './deploy/kubernetes.ts';
import { systemdProblems } from './deploy/systemd.ts';

const folder = fileURLToPath(new URL('../deploy/', import.meta.url));
const read = (path: string) => readFileSync(`${folder}${path}`, 'utf8');

const checks: [string, () => Promise<string[]>][] = [
  ['systemd', () => systemdProblems(`${folder}systemd`)],
  ...readdirSync(`${folder}kubernetes`).map((name): [string, () => Promise<string[]>] => [
    `kubernetes/${name}`,
    () => manifestProblems(name, read(`kubernetes/${name}`)),
  ]),
  ['docker/Dockerfile', async () => dockerfileProblems('Dockerfile', read('docker/Dockerfile'))],
  ['docker/compose.yaml', () => composeProblems('compose.yaml', read('docker/compose.yaml'))],
  ['cron/nightsweep.cron', () => cronProblems('nightsweep.cron', read('cron/nightsweep.cron'))],
];

for (const [name, check] of checks) {
  const problems = await check();
  process.stdout.write(`${problems.length === 0 ? 'ok    ' : 'failed'}  deploy/${name}\n`);
  for (const problem of problems) process.stdout.write(`        ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
