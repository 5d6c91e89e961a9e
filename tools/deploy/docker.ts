import { spawnSync } from 'node:child_process';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { unknownVariables, wrongWords } from './words.ts';

/** What the linter and shellcheck find in a Dockerfile, and what it must not do. */
export function dockerfileProblems(where: string, text: string): string[] {
  const linted = validate(text).map(
    ({ range, message }) => `${where} line ${range.start.line + 1}: ${message}`,
  );
  const user = [...text.matchAll(/^USER (.+)$/gm)].at(-1)?.[1] ?? 'root';
  const entry = /^ENTRYPOINT (.+)$/m.exec(text)?.[1] ?? '';
  return [
    ...linted,
    ...(/^[1-9]\d*:[1-9]\d*$/.test(user) ? [] : [`${where}: it ends as user ${user}, not as one by number`]),
    ...(entry.startsWith('[') ? [] : [`${where}: signals do not reach the program through a shell`]),
    ...(/^FROM \S+(?::latest)?(?: AS \w+)?$/m.test(text.replaceAll(/^FROM \S+:(?!latest)\S+.*$/gm, ''))
      ? [`${where}: a base image without a version`]
      : []),
    ...shellProblems(where, text),
    ...unknownVariables(
      where,
      [...text.matchAll(/\b([A-Z_]+)=/g)].map(([, name = '']) => name),
    ),
  ];
}

/** The commands of RUN, as a script. */
function shellProblems(where: string, text: string): string[] {
  const script = [...text.matchAll(/^RUN ((?:.*\\\n)*.*)$/gm)].map(([, run]) => run).join('\n');
  const { stdout, error } = spawnSync('shellcheck', ['--shell=sh', '--format=gcc', '-'], {
    input: `${script}\n`,
    encoding: 'utf8',
  });
  if (error !== undefined) return [`${where}: shellcheck is missing; install it`];
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => `${where} RUN: ${line}`);
}

interface Service {
  readonly command?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
}

/** What is wrong with a file for Docker Compose. */
export async function composeProblems(where: string, text: string): Promise<string[]> {
  const file = parse(text, { merge: true, strict: true }) as {
    readonly services: Readonly<Record<string, Service>>;
    readonly secrets: Readonly<Record<string, unknown>>;
  };
  const problems = Object.entries(file.services).map(async ([name, service]) => {
    const at = `${where} ${name}`;
    const { command = [], environment = {}, secrets = [], cap_drop = [], security_opt = [] } = service;
    return [
      ...(service.read_only === true ? [] : [`${at}: its root is not read-only`]),
      ...(cap_drop.includes('ALL') ? [] : [`${at}: it keeps capabilities`]),
      ...(security_opt.includes('no-new-privileges:true') ? [] : [`${at}: it may gain privileges`]),
      ...secrets.filter((one) => !(one in file.secrets)).map((one) => `${at}: there is no secret ${one}`),
      ...unknownVariables(at, Object.keys(environment)),
      ...(await wrongWords(at, command)),
    ];
  });
  return (await Promise.all(problems)).flat();
}
