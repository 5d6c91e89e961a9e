/** As `npm pack --json` tells it. */
export interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

const ALLOWED =
  /^(?:dist\/.+\.js|dist\/.+\.json|migrations\/\d{4}_\w+\.sql|data\/[\w-]+\.csv|docs\/[\w-]+\.md|deploy\/.+|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/;
const SECRET = /BEGIN [A-Z ]*PRIVATE KEY|(?:client_secret|CLIENT_SECRET|API_TOKEN)=[\w+/-]{12,}/;
/** The sources and the documents come to some 1.5 MiB; more would be something that does not belong here. */
const LARGEST = 4 * 1024 * 1024;

/** What must be there, by the sources that it is built from. */
export function wanted(sources: readonly string[]): string[] {
  const built = sources.map((path) => path.replace(/^src\//, 'dist/').replace(/\.ts$/, '.js'));
  return [...built, 'README.md', 'CHANGELOG.md', 'LICENSE', 'docs/cli.md', 'deploy/docker/Dockerfile'];
}

/** What is there too much or too little. */
export function contentProblems(
  { files, unpackedSize }: Packed,
  needed: readonly string[],
  read: (path: string) => string,
): string[] {
  const paths = files.map(({ path }) => path);
  // What was built of a source that is gone stays in dist until that is removed.
  const stale = paths.filter((path) => path.endsWith('.js') && !needed.includes(path));
  return [
    ...paths.filter((path) => !ALLOWED.test(path)).map((path) => `${path} should not be in it`),
    ...stale.map((path) => `${path} has no source any more; remove dist and build again`),
    ...needed.filter((path) => !paths.includes(path)).map((path) => `${path} is missing`),
    ...paths.filter((path) => SECRET.test(read(path))).map((path) => `${path} has what looks like a secret`),
    ...(read('dist/cli/bin.js').startsWith('#!/usr/bin/env node\n') ? [] : ['the bin has no #! line']),
    ...(unpackedSize > LARGEST ? [`it has ${unpackedSize} bytes unpacked, more than ${LARGEST}`] : []),
  ];
}
