import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cronProblems } from '../../tools/deploy/cron.ts';
import { composeProblems, dockerfileProblems } from '../../tools/deploy/docker.ts';
import { manifestProblems } from '../../tools/deploy/kubernetes.ts';
import { systemdProblems } from '../../tools/deploy/systemd.ts';
import { hasProgram } from '../cli/completion/shells.ts';

const folder = fileURLToPath(new URL('../../deploy/', import.meta.url));
const read = (path: string) => readFileSync(`${folder}${path}`, 'utf8');

/** The file with one thing changed. */
function changed(text: string, from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

/** What is done to a file, and what must be said of it. */
type Faults = readonly (readonly [from: string, to: string, said: string | RegExp])[];

describe('the check of Kubernetes manifests notices', () => {
  const CRONJOB: Faults = [
    ['concurrencyPolicy', 'concurencyPolicy', /"concurencyPolicy"' does not exist in type 'ICronJobSpec'/],
    ['readOnlyRootFilesystem', 'readOnlyRootFileSystem', /"readOnlyRootFileSystem"' does not exist/],
    ['concurrencyPolicy: Forbid', 'concurrencyPolicy: Never', /"Never"/],
    ['backoffLimit: 0', 'backoffLimit: none', /backoffLimit/],
    ['schedule: "15 2 * * *"', 'suspend: false', /schedule/],
    ['drop: [ALL]', 'drop: [SYS_ADMIN]', 'it keeps capabilities'],
    ['enableServiceLinks: false', 'enableServiceLinks: true', 'a Service could set variables'],
    ['terminationGracePeriodSeconds: 40', 'terminationGracePeriodSeconds: 20', 'before the grace'],
    ['args: [sweep, --quiet]', 'args: [sweep, --quite]', 'did you mean --quiet'],
    ['GENESYS_CLIENT_ID_FILE', 'GENESYS_CLIENT_IDFILE', 'knows no variable GENESYS_CLIENT_IDFILE'],
    ['kind: CronJob', 'kind: [', 'cronjob.yaml'],
  ];

  it.each(CRONJOB)('%s → %s', async (from, to, said) => {
    const problems = await manifestProblems(
      'cronjob.yaml',
      changed(read('kubernetes/cronjob.yaml'), from, to),
    );
    expect(problems.join('\n')).toMatch(said);
  });

  it('a setting that there is none of', async () => {
    const text = changed(read('kubernetes/config.yaml'), 'maxCloses', 'maxClose');
    expect((await manifestProblems('config.yaml', text)).join('\n')).toContain('maxCloses');
  });
});

describe('the check of cron files notices', () => {
  const CRON: Faults = [
    ['15       2 ', '75       2 ', 'line'],
    ['*        nightsweep  nightsweep sweep', '*        nightsweep sweep', 'it does not run nightsweep'],
    ['sweep --quiet\n', 'sweep --stale 1d\n', 'sweep has no flag --stale'],
    ['sweep --quiet\n', 'sweep --quiet --out %F\n', 'bare %'],
    ['NIGHTSWEEP_DB', 'NIGHTSWEEP_DATABASE', 'knows no variable NIGHTSWEEP_DATABASE'],
    ['MAILTO=root\n', '', 'MAILTO is not set'],
  ];

  it.each(CRON)('%s → %s', async (from, to, said) => {
    const problems = await cronProblems('nightsweep.cron', changed(read('cron/nightsweep.cron'), from, to));
    expect(problems.join('\n')).toMatch(said);
  });

  it('a last line without an end', async () => {
    expect(await cronProblems('x', read('cron/nightsweep.cron').trimEnd())).toHaveLength(1);
  });
});

describe('the check of Docker files notices', () => {
  const DOCKERFILE: Faults = [
    ['WORKDIR /data', 'WORKDIRR /data', 'Unknown instruction: WORKDIRR'],
    ['CMD ["--help"]', 'CMD ["--help"]\nCMD ["sweep"]', 'only be one CMD'],
    ['USER 10001:10001', 'USER node', 'ends as user node'],
    ['ENTRYPOINT ["node", "/app/dist/cli/bin.js"]', 'ENTRYPOINT node bin.js', 'through a shell'],
    ['RUN install', 'RUN cd $HOME && install', 'SC2086'],
    ['NIGHTSWEEP_DB', 'NIGHTSWEEP_DATA', 'knows no variable NIGHTSWEEP_DATA'],
    [':$' + '{NODE_VERSION}-bookworm-slim', '', 'a base image without a version'],
  ];

  it.runIf(hasProgram('shellcheck')).each(DOCKERFILE)('%s → %s', (from, to, said) => {
    const problems = dockerfileProblems('Dockerfile', changed(read('docker/Dockerfile'), from, to));
    expect(problems.join('\n')).toMatch(said);
  });

  const COMPOSE: Faults = [
    ['read_only: true', 'read_only: false', 'its root is not read-only'],
    ['secrets: [client-secret, api-token]', 'secrets: [client-secrets]', 'there is no secret client-secrets'],
    ['command: [sweep, --quiet]', 'command: [sweeep]', 'did you mean sweep'],
  ];

  it.each(COMPOSE)('%s → %s', async (from, to, said) => {
    const problems = await composeProblems('compose.yaml', changed(read('docker/compose.yaml'), from, to));
    expect(problems.join('\n')).toMatch(said);
  });
});

describe('the check of systemd units notices', () => {
  const UNITS: readonly (readonly [file: string, from: string, to: string, said: string | RegExp])[] = [
    ['nightsweep-sweep.service', 'TimeoutStopSec=', 'TimeoutStopsSec=', /Unknown key.*TimeoutStopsSec/],
    [
      'nightsweep-sweep.service',
      'ExecStart=nightsweep',
      'ExecStart=nightswep',
      /nightswep is not executable/,
    ],
    ['nightsweep-sweep.service', '--quiet', '--quite', 'did you mean --quiet'],
    ['nightsweep-serve.service.d/schedule.conf', '--schedule', '--schedul', 'did you mean --schedule'],
    ['nightsweep-serve.service.d/schedule.conf', 'ExecStart=\n', '', /ExecStart/],
    ['nightsweep-sweep.timer', '02:15:00', '25:15:00', /OnCalendar|calendar/],
    ['nightsweep-.service.d/hardening.conf', 'CapabilityBoundingSet=\n', '', 'Overall exposure'],
    ['nightsweep-.service.d/hardening.conf', 'ProtectSystem=strict\n', '', 'Overall exposure'],
    ['nightsweep.sysusers', 'u nightsweep', 'q nightsweep', "Unknown command type 'q'"],
  ];

  it.runIf(hasProgram('systemd-analyze')).each(UNITS)('in %s %s → %s', async (file, from, to, said) => {
    const copy = mkdtempSync(join(tmpdir(), 'nightsweep-units-'));
    onTestFinished(() => rmSync(copy, { recursive: true }));
    cpSync(`${folder}systemd`, copy, { recursive: true });
    writeFileSync(join(copy, file), changed(read(`systemd/${file}`), from, to));
    expect((await systemdProblems(copy)).join('\n')).toMatch(said);
  });
});

it('images are of this version', () => {
  const { version } = JSON.parse(read('../package.json'));
  for (const name of ['cronjob', 'serve'])
    expect(read(`kubernetes/${name}.yaml`)).toContain(`image: nightsweep:${version}\n`);
});
