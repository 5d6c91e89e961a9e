import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unknownVariables, wrongWords } from './words.ts';

/**
 * Exposure in tenths, as `systemd-analyze security` counts it. 1.1 is reached; what is left: the Internet and local
 * sockets (0.4), the host's network and no list of its addresses (0.7), one root directory with the host (0.1), memory
 * that is written and executed (0.1), and the like.
 */
const MOST_EXPOSED = 12;
/** Where systemd keeps its own units, which ours refer to. */
const SYSTEM_UNITS = '/usr/lib/systemd/system';

/** What systemd's own tools find in a folder of units and drop-ins, in a root directory made for it. */
export async function systemdProblems(folder: string): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), 'nightsweep-systemd-'));
  try {
    const units = join(root, 'etc/systemd/system');
    for (const path of [units, join(root, 'usr/bin'), join(root, 'etc/sysusers.d')])
      mkdirSync(path, { recursive: true });
    cpSync(folder, units, { recursive: true });
    mkdirSync(join(root, SYSTEM_UNITS), { recursive: true });
    for (const name of readdirSync(SYSTEM_UNITS).filter((one) => /\.(target|slice|mount)$/.test(one)))
      cpSync(join(SYSTEM_UNITS, name), join(root, SYSTEM_UNITS, name), { verbatimSymlinks: true });
    const program = join(root, 'usr/bin/nightsweep');
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o755);
    const names = readdirSync(folder).filter((name) => /\.(service|timer)$/.test(name));
    const services = names.filter((name) => name.endsWith('.service'));
    const dropIns = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
      /\.service\.d\/.*\.conf$/.test(path),
    );
    return [
      ...ran('systemd-analyze', ['verify', '--man=no', `--root=${root}`, ...names]),
      ...services.flatMap((name) => exposureProblems(root, name)),
      ...sysusersProblems(root, folder),
      ...(
        await Promise.all([...services, ...dropIns].map((name) => lineProblems(join(folder, name))))
      ).flat(),
    ];
  } finally {
    rmSync(root, { recursive: true });
  }
}

function exposureProblems(root: string, name: string): string[] {
  const { status, stdout, stderr } = spawnSync(
    'systemd-analyze',
    ['security', '--offline=true', `--root=${root}`, `--threshold=${MOST_EXPOSED}`, '--no-pager', name],
    { encoding: 'utf8' },
  );
  return status === 0 ? [] : [`${name}: ${stdout.trim().split('\n').at(-1)} ${stderr.trim()}`];
}

function sysusersProblems(root: string, folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sysusers'));
  return names.flatMap((name) => {
    const inRoot = join(root, 'etc/sysusers.d', `${name}.conf`);
    cpSync(join(folder, name), inRoot);
    const { stderr } = spawnSync('systemd-sysusers', ['--dry-run', `--root=${root}`, inRoot], {
      encoding: 'utf8',
    });
    return stderr.split('\n').filter((line) => line.includes(`${name}.conf:`));
  });
}

/** It tells what it does not like, and ends well all the same where that is only unknown. */
function ran(program: string, args: readonly string[]): string[] {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) return [`${program} is missing; install systemd`];
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('nightsweep'));
  return status === 0 || lines.length > 0 ? lines : [`${program} ended with ${status}: ${stderr}`];
}

async function lineProblems(path: string): Promise<string[]> {
  const text = readFileSync(path, 'utf8');
  const where = path.split('/').at(-1) ?? path;
  const lines = [...text.matchAll(/^ExecStart=nightsweep (.+)$/gm)].map(([, line = '']) => line);
  const variables = [...text.matchAll(/^#?Environment=(\w+)=/gm)].map(([, name = '']) => name);
  const wrong = await Promise.all(lines.map((line) => wrongWords(where, line.split(' '))));
  return [...wrong.flat(), ...unknownVariables(where, variables)];
}
