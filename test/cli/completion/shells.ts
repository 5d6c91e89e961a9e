import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runMain } from '../running.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Whether it is here; where all are demanded, one that is missing fails its tests instead of skipping them. */
export function hasProgram(name: string): boolean {
  if (process.env.NIGHTSWEEP_TEST_SHELLS === 'required') return true;
  return spawnSync(name, ['--version']).error === undefined;
}

export async function scriptFor(shell: Shell): Promise<string> {
  return (await runMain(['completion', shell])).stdout;
}

/** What the shell offers for the last word of each line. Throws for a shell that cannot read its script. */
export async function offered(
  shell: Exclude<Shell, 'zsh'>,
  lines: readonly string[],
): Promise<Record<string, string[]>> {
  const found = Object.fromEntries(lines.map((line): [string, string[]] => [line, []]));
  const out = await runIn(shell, shell === 'bash' ? BASH : FISH, lines);
  for (const row of out.split('\n').filter(Boolean)) {
    const [line = '', word = ''] = row.split('\t');
    if (word !== '') found[line]?.push(word);
  }
  return found;
}

/** What each line is after a Tab in a terminal, and all that was shown. Throws for a shell that is not there. */
export async function tabbed(
  lines: readonly string[],
): Promise<{ lines: Record<string, string>; screen: string }> {
  const screen = await runIn('zsh', ZSH, lines);
  const after = [...screen.matchAll(/<<(.*?)>>/gs)].map(([, line = '']) => line);
  return { lines: Object.fromEntries(lines.map((line, i) => [line, after[i] ?? '(nothing)'])), screen };
}

/** In a folder with the shell's script, and one file to be completed. */
async function runIn(shell: Shell, program: string, lines: readonly string[]): Promise<string> {
  const cwd = mkdtempSync(join(tmpdir(), 'nightsweep-completion-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, 'script'), await scriptFor(shell));
  writeFileSync(join(cwd, 'tonight.csv'), '');
  const bare = { bash: '--norc', zsh: '-f', fish: '--no-config' }[shell];
  return execFileSync(shell, [bare, '-c', program, '-', ...lines], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: cwd, LC_ALL: 'C.UTF-8', TERM: 'dumb' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The words as readline splits them: an equals sign is one of its own. */
const BASH = `
source ./script
for line; do
  read -r -a COMP_WORDS <<< "\${line//=/ = }"
  if [[ $line == *' ' ]]; then COMP_WORDS+=(''); fi
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _nightsweep
  for word in "\${COMPREPLY[@]}"; do printf '%s\\t%s\\n' "$line" "$word"; done
done
`;

const FISH = `
source ./script
for line in $argv[2..]
  for word in (complete -C $line)
    printf '%s\\t%s\\n' $line $word
  end
end
`;

const ZSH = `
zmodload zsh/zpty
zpty shell zsh -f -i
await() { local out; zpty -r shell out "*$1*" || exit 1; print -r -- $out }
zpty -w shell 'autoload -Uz compinit; compinit -D -u; source ./script; setopt no_beep auto_list
show() { zle -I; print -r -- "<<$BUFFER>>"; BUFFER= }; zle -N show; bindkey "^G" show
bindkey "^I" complete-word; COLUMNS=200; PS1=; print ready-"now"'
await ready-now > /dev/null
for line; do
  zpty -n -w shell "$line"$'\\t\\a'
  await '<<*>>'
done
zpty -d shell
`;
