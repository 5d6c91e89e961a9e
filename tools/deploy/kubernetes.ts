import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { fileSettings } from '../../src/config/file.ts';
import { unknownVariables, wrongWords } from './words.ts';

// biome-ignore lint/suspicious/noExplicitAny: it is the check that tells what it is
type Manifest = any;

const require = createRequire(import.meta.url);
const TOP = fileURLToPath(new URL('../..', import.meta.url));

/** What is wrong with manifests: by the schema, by the type (fields that there are none of), and by the rules of ours. */
export async function manifestProblems(where: string, text: string): Promise<string[]> {
  const documents = parseAllDocuments(text, { strict: true });
  const unreadable = documents.flatMap(({ errors }) => errors.map(({ message }) => `${where}: ${message}`));
  if (unreadable.length > 0) return unreadable;
  const manifests: Manifest[] = documents.map((document) => document.toJS());
  const problems = manifests.map(async (manifest) => {
    const at = `${where} ${manifest.kind}`;
    const pod = podOf(manifest);
    return [
      ...schemaProblems(at, manifest),
      ...(pod === null ? [] : await podProblems(at, pod)),
      ...(manifest.kind === 'ConfigMap' ? await settingsProblems(at, manifest.data['nightsweep.yaml']) : []),
    ];
  });
  return [...(await Promise.all(problems)).flat(), ...typeProblems(where, manifests)];
}

function schemaProblems(at: string, manifest: Manifest): string[] {
  try {
    const Model = require(modelPath(manifest))[manifest.kind];
    new Model(manifest).validate();
    return [];
  } catch (error) {
    return [`${at}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** The schemas let unknown fields pass, as the API server does by default; the types made of them do not. */
function typeProblems(where: string, manifests: readonly Manifest[]): string[] {
  const folder = mkdtempSync(join(TOP, 'node_modules', '.manifests-'));
  try {
    const lines = manifests.map((manifest, i) => {
      const type = `import('${modelPath(manifest)}/${manifest.kind}').I${manifest.kind}`;
      return `export const manifest${i}: ${type} = ${JSON.stringify(manifest, null, 2)};`;
    });
    writeFileSync(join(folder, 'manifests.ts'), lines.join('\n'));
    const { status, stdout } = spawnSync(
      join(TOP, 'node_modules/.bin/tsc'),
      [
        '--ignoreConfig',
        '--noEmit',
        '--strict',
        '--skipLibCheck',
        '--types',
        '',
        '--pretty',
        'false',
        'manifests.ts',
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    return status === 0
      ? []
      : stdout
          .trim()
          .split('\n')
          .map((line) => `${where}: ${line}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const modelPath = ({ apiVersion }: Manifest) => `kubernetes-models/${apiVersion}`;

function podOf({ kind, spec }: Manifest): Manifest | null {
  if (kind === 'CronJob') return spec.jobTemplate.spec.template.spec;
  return kind === 'Deployment' ? spec.template.spec : null;
}

/** The Pod Security Standard "restricted" as far as it concerns us, and what our program needs. */
async function podProblems(at: string, pod: Manifest): Promise<string[]> {
  const { securityContext: security = {}, containers, volumes = [] } = pod;
  const wrong: [boolean, string][] = [
    [security.runAsNonRoot !== true || !(security.runAsUser > 0), 'it may run as root'],
    [security.seccompProfile?.type !== 'RuntimeDefault', 'no seccomp profile'],
    [pod.automountServiceAccountToken !== false, 'it gets a token of the cluster'],
    [pod.enableServiceLinks !== false, 'a Service could set variables that are no settings'],
    [!(pod.terminationGracePeriodSeconds > 20), 'it is killed before the grace of 20 s is over'],
    [volumes.some((one: Manifest) => one.hostPath !== undefined), 'it uses a path of the node'],
  ];
  const problems = wrong.filter(([is]) => is).map(([, what]) => `${at}: ${what}`);
  for (const container of containers) {
    const { securityContext: own = {}, env = [], args = [], volumeMounts = [], resources } = container;
    const faults: [boolean, string][] = [
      [own.allowPrivilegeEscalation !== false, 'it may gain privileges'],
      [own.readOnlyRootFilesystem !== true, 'its root is not read-only'],
      [own.capabilities?.drop?.includes('ALL') !== true, 'it keeps capabilities'],
      [resources?.limits?.memory === undefined, 'no limit of memory'],
      ...volumeMounts.map((mount: Manifest): [boolean, string] => [
        !volumes.some((one: Manifest) => one.name === mount.name),
        `there is no volume ${mount.name}`,
      ]),
    ];
    problems.push(
      ...faults.filter(([is]) => is).map(([, what]) => `${at} ${container.name}: ${what}`),
      ...unknownVariables(
        at,
        env.map((one: Manifest) => one.name),
      ),
      ...(await wrongWords(at, args)),
    );
  }
  return problems;
}

async function settingsProblems(at: string, text: string): Promise<string[]> {
  const surroundings = { cwd: '/', env: {}, readFile: () => text, secrets: { add: () => {} } };
  try {
    await fileSettings(surroundings, { path: 'nightsweep.yaml', by: '--config' });
    return parse(text) === null ? [`${at}: there are no settings in it`] : [];
  } catch (error) {
    return [`${at}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
