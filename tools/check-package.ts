/** Checks what npm would publish: by publint, and that it is what is wanted and nothing else. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { contentProblems, type Packed, wanted } from './package-contents.ts';

const top = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(`${top}package.json`, 'utf8'));

const [packed] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: top, encoding: 'utf8' }),
) as [Packed];
const list = (folder: string) => readdirSync(`${top}${folder}`, { recursive: true, withFileTypes: true });
const sources = list('src').flatMap((entry) =>
  entry.isFile() && entry.name.endsWith('.ts') ? [`${entry.parentPath.slice(top.length)}/${entry.name}`] : [],
);
const { messages } = await publint({ pkgDir: top, strict: true, pack: 'npm' });
const problems = [
  ...messages.map((message) => formatMessage(message, manifest, { color: false }) ?? message.code),
  ...contentProblems(packed, wanted(sources), (path) => readFileSync(`${top}${path}`, 'utf8')),
];

const kib = (bytes: number) => `${Math.ceil(bytes / 1024)} KiB`;
process.stdout.write(
  `${packed.filename}: ${packed.files.length} files, ${kib(packed.size)} packed, ${kib(packed.unpackedSize)} unpacked\n`,
);
for (const problem of problems) process.stdout.write(`  ${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
